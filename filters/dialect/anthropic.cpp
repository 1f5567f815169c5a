#include <array>
#include <boost/json.hpp>

#include "filters/dialect/dialects.hpp"
#include "filters/dialect/json_dialect.hpp"
#include "filters/dialect/refusal.hpp"

namespace bordergate {

namespace {

namespace json = boost::json;
using Paths = std::string_view;
using Holds = StreamPiece::Holds;

/// Images and documents that are no text, whether in base64, fetched or kept there.
constexpr std::array opaque{
    Paths("$.messages[*].content[?@.type == 'image'].source"),
    Paths("$.messages[*].content[*].content[?@.type == 'image'].source"),
    Paths("$.messages[*].content[?@.type == 'document' && @.source.type != 'text' && @.source.type != 'content'].source"),
    Paths("$.messages[*].content[*].source.content[?@.type == 'image'].source"),
    Paths("$.messages[*].content[*].file_id"),
};
constexpr std::array batch_opaque{
    Paths("$.requests[*].params.messages[*].content[?@.type == 'image'].source"),
    Paths("$.requests[*].params.messages[*].content[*].content[?@.type == 'image'].source"),
    Paths("$.requests[*].params.messages[*].content[?@.type == 'document' && @.source.type != 'text' && @.source.type != 'content'].source"),
};
/// thinking and redacted_thinking blocks, and what is sealed for the destination itself.
constexpr std::array signed_blocks{
    Paths("$.messages[*].content[*]['thinking','signature','data']"),
    Paths("$.messages[*].content[*].content[*].encrypted_content"),
    Paths("$.messages[*].content[*].citations[*].encrypted_index"),
    Paths("$.content[*]['thinking','signature','data']"),
    Paths("$.content[*].content[*].encrypted_content"),
    Paths("$.content[*].citations[*].encrypted_index"),
    Paths("$.content_block['thinking','signature','data']"),
    Paths("$.content_block.content[*].encrypted_content"),
    Paths("$.delta.citation.encrypted_index"),
    Paths("$.delta.signature"),
};
constexpr std::array tool_arguments{
    Paths("$.messages[*].content[*].input"),
    Paths("$.content[*].input"),
    Paths("$.content_block.input"),
};
constexpr std::array block_ids{Paths("index")};
constexpr std::string_view delta = "content_block_delta", stop = "content_block_stop";
constexpr std::array pieces{
    StreamPiece{.path = "$.delta.text", .type = delta, .done = stop, .ids = block_ids},
    StreamPiece{.path = "$.delta.partial_json", .type = delta, .done = stop, .holds = Holds::json, .ids = block_ids, .in_tool = true},
    StreamPiece{.path = "$.delta.thinking", .type = delta, .done = stop, .holds = Holds::signed_text, .ids = block_ids},
};
constexpr std::array complete_pieces{StreamPiece{.path = "$.completion"}};
constexpr Paths model = "$.model";

const std::array endpoints_known{
    DialectEndpoint{.method = "POST", .path = "/messages", .inference = true, .model_path = model, .opaque = opaque, .signed_blocks = signed_blocks, .tool_arguments = tool_arguments, .pieces = pieces},
    DialectEndpoint{.method = "POST", .path = "/messages/count_tokens", .inference = true, .model_path = model, .opaque = opaque, .signed_blocks = signed_blocks, .tool_arguments = tool_arguments},
    DialectEndpoint{.method = "POST", .path = "/messages/batches", .opaque = batch_opaque},
    DialectEndpoint{.method = "POST", .path = "/complete", .inference = true, .model_path = model, .pieces = complete_pieces},
    DialectEndpoint{.method = "POST", .path = "/files"},
    DialectEndpoint{.method = "GET", .path = "/models"},
};

/// The `type` of an error, by which the SDK and people tell errors apart.
std::string_view error_type(unsigned status) {
    switch (status) {
        case 401:
        case 407: return "authentication_error";
        case 403:
        case 451: return "permission_error";
        case 404: return "not_found_error";
        case 413: return "request_too_large";
        case 429: return "rate_limit_error";
        case 503: return "overloaded_error";
        default: return status >= 500 ? "api_error" : "invalid_request_error";
    }
}

json::object body_of(const Fault& fault, const RefusalContext& context) {
    json::object error{{"type", error_type(info(fault.code).status)}, {"message", refusal_sentence(fault, context)}};
    tell(error, fault, context);
    json::object body{{"type", "error"}, {"error", error}};
    body["request_id"] = context.attempt.empty() ? json::value(nullptr) : json::value(context.attempt);
    return body;
}

class AnthropicDialect final : public JsonDialect {
  public:
    AnthropicDialect() : JsonDialect("anthropic", endpoints_known) {}
    RenderedRefusal refuse(const Fault& fault, const RefusalContext& context) const override {
        auto made = JsonDialect::refuse(fault, context);
        if (!context.attempt.empty()) made.fields.add("request-id", context.attempt);
        return made;
    }

  private:
    json::object said(const Fault& fault, const RefusalContext& context) const override { return body_of(fault, context); }
    // Of an event without a name the SDK takes no notice.
    std::string_view event_name(const RefusalContext&) const override { return "error"; }
};

}  // namespace

const Dialect& anthropic_dialect() {
    static const AnthropicDialect only;
    return only;
}

}  // namespace bordergate
