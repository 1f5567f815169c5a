#include <array>
#include <boost/json.hpp>

#include "filters/body/aws_frames.hpp"
#include "filters/body/media_type.hpp"
#include "filters/dialect/dialects.hpp"
#include "filters/dialect/json_dialect.hpp"
#include "filters/dialect/refusal.hpp"

namespace bordergate {

namespace {

namespace json = boost::json;
using Paths = std::string_view;
using Holds = StreamPiece::Holds;

constexpr std::array converse_opaque{
    Paths("$.messages[*].content[*]['image','document','video','audio']"),
    Paths("$.messages[*].content[*].toolResult.content[*]['image','document','video']"),
    Paths("$.system[*]['image','document']"),
};
constexpr std::array converse_signed{
    Paths("$.messages[*].content[*].reasoningContent"),
    Paths("$.output.message.content[*].reasoningContent"),
    Paths("$.delta.reasoningContent"),
};
constexpr std::array converse_tool_arguments{
    Paths("$.messages[*].content[*].toolUse.input"),
    Paths("$.output.message.content[*].toolUse.input"),
};
constexpr std::array block_ids{Paths("contentBlockIndex")};
constexpr std::string_view delta = "contentBlockDelta", stop = "contentBlockStop";
constexpr std::array converse_pieces{
    StreamPiece{.path = "$.delta.text", .type = delta, .done = stop, .ids = block_ids},
    StreamPiece{.path = "$.delta.toolUse.input", .type = delta, .done = stop, .holds = Holds::json, .ids = block_ids, .in_tool = true},
    StreamPiece{.path = "$.delta.reasoningContent.text", .type = delta, .done = stop, .holds = Holds::signed_text, .ids = block_ids},
};

/// InvokeModel carries what the model's maker defined: these are Anthropic's names, and those of the other makers' texts.
constexpr std::array invoke_opaque{
    Paths("$.messages[*].content[?@.type == 'image'].source"),
    Paths("$.messages[*].content[*].content[?@.type == 'image'].source"),
    Paths("$.messages[*].content[?@.type == 'document' && @.source.type != 'text' && @.source.type != 'content'].source"),
    Paths("$.messages[*].content[*]['image','document','video']"),
    Paths("$['inputImage','image','images']"),
};
constexpr std::array invoke_signed{
    Paths("$.messages[*].content[*]['thinking','signature','data']"),
    Paths("$.content[*]['thinking','signature','data']"),
    Paths("$.content_block['thinking','signature','data']"),
    Paths("$.delta.signature"),
};
constexpr std::array invoke_tool_arguments{Paths("$.messages[*].content[*].input"), Paths("$.content[*].input"), Paths("$.content_block.input")};
constexpr std::array invoke_ids{Paths("index")};
constexpr std::array invoke_pieces{
    StreamPiece{.path = "$.delta.text", .type = "content_block_delta", .done = "content_block_stop", .ids = invoke_ids},
    StreamPiece{.path = "$.delta.partial_json", .type = "content_block_delta", .done = "content_block_stop", .holds = Holds::json, .ids = invoke_ids, .in_tool = true},
    StreamPiece{.path = "$.delta.thinking", .type = "content_block_delta", .done = "content_block_stop", .holds = Holds::signed_text, .ids = invoke_ids},
    StreamPiece{.path = "$.contentBlockDelta.delta.text"},
    StreamPiece{.path = "$['outputText','generation','completion','text']"},
    StreamPiece{.path = "$.outputs[*].text"},
    StreamPiece{.path = "$.choices[*].delta.content"},
};
constexpr std::array invoke_ends{Paths("finish_reason"), Paths("completionReason"), Paths("stop_reason")};

const std::array endpoints_known{
    DialectEndpoint{.method = "POST", .path = "/model/*/converse", .inference = true, .opaque = converse_opaque, .signed_blocks = converse_signed, .tool_arguments = converse_tool_arguments},
    DialectEndpoint{.method = "POST", .path = "/model/*/converse-stream", .inference = true, .opaque = converse_opaque, .signed_blocks = converse_signed, .tool_arguments = converse_tool_arguments, .pieces = converse_pieces},
    DialectEndpoint{.method = "POST", .path = "/model/*/invoke", .inference = true, .opaque = invoke_opaque, .signed_blocks = invoke_signed, .tool_arguments = invoke_tool_arguments},
    DialectEndpoint{.method = "POST", .path = "/model/*/invoke-with-response-stream", .inference = true, .opaque = invoke_opaque, .signed_blocks = invoke_signed, .tool_arguments = invoke_tool_arguments, .pieces = invoke_pieces, .ends = invoke_ends},
    DialectEndpoint{.method = "POST", .path = "/model/*/count-tokens", .inference = true, .opaque = converse_opaque},
};

/// The name of the exception that an SDK makes of it.
std::string_view exception_name(unsigned status) {
    switch (status) {
        case 400:
        case 413: return "ValidationException";
        case 401:
        case 403:
        case 407:
        case 451: return "AccessDeniedException";
        case 404: return "ResourceNotFoundException";
        case 429: return "ThrottlingException";
        case 502:
        case 504: return "ModelErrorException";
        case 503: return "ServiceUnavailableException";
        default: return status >= 500 ? "InternalServerException" : "ValidationException";
    }
}

class BedrockDialect final : public JsonDialect {
  public:
    BedrockDialect() : JsonDialect("bedrock", endpoints_known) {}
    RenderedRefusal refuse(const Fault& fault, const RefusalContext& context) const override {
        auto made = JsonDialect::refuse(fault, context);
        made.fields.add("x-amzn-errortype", exception_name(info(fault.code).status));
        if (!context.attempt.empty()) made.fields.add("x-amzn-requestid", context.attempt);
        return made;
    }
    // Frames leave whole: the exception begins where one has ended.
    std::string cut(const Fault& fault, const RefusalContext& context, std::string_view content_type) const override {
        if (!equal_fold(media_type_name(content_type), "application/vnd.amazon.eventstream")) return {};
        std::string frame;
        (void)append_aws_exception(exception_name(info(fault.code).status), json::serialize(said(fault, context)), frame);
        return frame;
    }

  private:
    json::object said(const Fault& fault, const RefusalContext& context) const override {
        json::object body{{"message", refusal_sentence(fault, context)}};
        tell(body, fault, context);
        return body;
    }
};

}  // namespace

const Dialect& bedrock_dialect() {
    static const BedrockDialect only;
    return only;
}

}  // namespace bordergate
