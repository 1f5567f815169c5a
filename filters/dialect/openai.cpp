#include "filters/dialect/openai.hpp"

#include <array>
#include <boost/json.hpp>

#include "filters/message.hpp"

namespace bordergate {

namespace {

namespace json = boost::json;

/// Parts of a chat request that hold no text: media, and files by content or by reference.
constexpr std::array<std::string_view, 3> chat_opaque{
    "$.messages[*].content[*]['image_url','input_audio','file']",
    "$.messages[*].audio",
    "$.prediction.content[*]['image_url','input_audio','file']",
};
constexpr std::array<std::string_view, 3> chat_stream_text{
    "$.choices[*].delta.content",
    "$.choices[*].delta.refusal",
    "$.choices[*].delta.tool_calls[*].function.arguments",
};
constexpr std::array<std::string_view, 3> chat_tool_arguments{
    "$.messages[*].tool_calls[*].function.arguments",
    "$.choices[*].message.tool_calls[*].function.arguments",
    "$.choices[*].delta.tool_calls[*].function.arguments",
};

/// Of realtime sessions: media in base64, and arguments of tools. A piece of text is restored before the rest.
constexpr std::array<std::string_view, 2> realtime_opaque{"$.audio", "$.item.content[*]['audio','image_url']"};
constexpr std::array<std::string_view, 4> realtime_tool_arguments{"$.delta", "$.arguments", "$.item.arguments", "$.response.output[*].arguments"};
constexpr std::array<std::string_view, 4> realtime_deltas{"response.text", "response.output_text", "response.audio_transcript", "response.output_audio_transcript"};

const std::array<DialectEndpoint, 3> chat_endpoints{
    DialectEndpoint{"POST", "/chat/completions", true, Purpose::inference, "$.model", chat_opaque, chat_stream_text, chat_tool_arguments},
    DialectEndpoint{"GET", "/models", false, Purpose::inference, {}, {}, {}, {}},
    DialectEndpoint{"GET", "/realtime", true, Purpose::inference, {}, realtime_opaque, {}, realtime_tool_arguments, true, "model", realtime_deltas},
};

/// The `type` of an error body, by which SDKs and people tell errors apart.
std::string_view error_type(unsigned status) {
    switch (status) {
        case 401:
        case 407: return "authentication_error";
        case 403: return "permission_error";
        case 429: return "rate_limit_error";
        default: return status >= 500 ? "server_error" : "invalid_request_error";
    }
}

json::object error_object(const Fault& fault, const RefusalContext& context) {
    const auto& known = info(fault.code);
    json::object error{{"message", refusal_sentence(fault, context)}, {"type", error_type(known.status)}, {"param", nullptr}, {"code", known.name}};
    if (!fault.rule.empty()) error["rule"] = fault.rule;
    if (!context.attempt.empty()) error["attempt"] = context.attempt;
    return error;
}

class OpenAiDialect final : public Dialect {
  public:
    std::string_view name() const override { return "openai"; }

    const DialectEndpoint* endpoint(std::string_view method, std::string_view path) const override {
        for (const auto& one : chat_endpoints)
            if (one.method == method && path.ends_with(one.path_suffix)) return &one;
        return nullptr;
    }

    std::span<const DialectEndpoint> endpoints() const override { return chat_endpoints; }

    RenderedRefusal refuse(const Fault& fault, const RefusalContext& context) const override {
        json::object body;
        body["error"] = error_object(fault, context);
        return {"application/json", json::serialize(body), 0, {}};
    }

    std::string cut(const Fault& fault, const RefusalContext& context, std::string_view content_type) const override {
        constexpr std::string_view events = "text/event-stream";
        if (!equal_fold(content_type.substr(0, events.size()), events)) return {};
        json::object body;
        body["error"] = error_object(fault, context);
        // A blank line first: the stream may have been cut in the middle of an event, which then ends here.
        return "\n\ndata: " + json::serialize(body) + "\n\n";
    }

    std::string last_message(const Fault& fault, const RefusalContext& context) const override {
        json::object event{{"type", "error"}, {"error", error_object(fault, context)}};
        return json::serialize(event);
    }
};

}  // namespace

const Dialect& openai_dialect() {
    static const OpenAiDialect only;
    return only;
}

}  // namespace bordergate
