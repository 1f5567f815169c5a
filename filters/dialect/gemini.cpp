#include <array>
#include <boost/json.hpp>

#include "filters/dialect/dialects.hpp"
#include "filters/dialect/grpc.hpp"
#include "filters/dialect/json_dialect.hpp"
#include "filters/dialect/refusal.hpp"

namespace bordergate {

namespace {

namespace json = boost::json;
using Paths = std::string_view;

// The API reads names in both spellings.
constexpr std::array opaque{
    Paths("$.contents[*].parts[*]['inlineData','inline_data','fileData','file_data']"),
    Paths("$['systemInstruction','system_instruction'].parts[*]['inlineData','inline_data','fileData','file_data']"),
    Paths("$.content.parts[*]['inlineData','inline_data','fileData','file_data']"),
    Paths("$.requests[*].content.parts[*]['inlineData','inline_data','fileData','file_data']"),
    Paths("$['cachedContent','cached_content']"),
};
constexpr std::array signed_blocks{Paths("$..['thoughtSignature','thought_signature']")};
constexpr std::array tool_arguments{
    Paths("$.contents[*].parts[*]['functionCall','function_call'].args"),
    Paths("$.candidates[*].content.parts[*].functionCall.args"),
    Paths("$[*].candidates[*].content.parts[*].functionCall.args"),
};
constexpr std::array pieces{
    StreamPiece{.path = "$.candidates[*].content.parts[*].text", .one_text = true},
    StreamPiece{.path = "$.candidates[*].content.parts[*].executableCode.code", .in_tool = true, .one_text = true},
};
/// Without `alt=sse` a stream is one array, whose elements are pieces.
constexpr std::array answer_opaque{Paths("$[*]")};
constexpr std::array ends{Paths("finishReason")};

const std::array endpoints_known{
    DialectEndpoint{.method = "POST", .path = "/models/*:generateContent", .inference = true, .opaque = opaque, .signed_blocks = signed_blocks, .tool_arguments = tool_arguments},
    DialectEndpoint{.method = "POST", .path = "/models/*:streamGenerateContent", .inference = true, .opaque = opaque, .signed_blocks = signed_blocks, .tool_arguments = tool_arguments, .pieces = pieces, .ends = ends, .answer_opaque = answer_opaque},
    DialectEndpoint{.method = "POST", .path = "/models/*:countTokens", .inference = true, .opaque = opaque, .signed_blocks = signed_blocks, .tool_arguments = tool_arguments},
    DialectEndpoint{.method = "POST", .path = "/models/*:embedContent", .inference = true, .opaque = opaque},
    DialectEndpoint{.method = "POST", .path = "/models/*:batchEmbedContents", .inference = true, .opaque = opaque},
    DialectEndpoint{.method = "POST", .path = "/models/*:batchGenerateContent", .opaque = opaque},
    DialectEndpoint{.method = "GET", .path = "/models"},
};

/// The name of a status of google.rpc.Code.
std::string_view status_name(unsigned status) {
    constexpr std::array<std::string_view, 17> names{"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
                                                     "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"};
    return status < names.size() ? names[status] : names[2];
}

json::object body_of(const Fault& fault, const RefusalContext& context) {
    json::object metadata;
    if (!fault.rule.empty()) metadata["rule"] = fault.rule;
    if (!context.attempt.empty()) metadata["attempt"] = context.attempt;
    const json::object detail{{"@type", "type.googleapis.com/google.rpc.ErrorInfo"}, {"reason", info(fault.code).name}, {"domain", "bordergate"}, {"metadata", metadata}};
    json::object error{{"code", info(fault.code).status}, {"message", refusal_sentence(fault, context)}, {"status", status_name(grpc_status(fault.code))}};
    error["details"] = json::array{detail};
    json::object body;
    body["error"] = error;
    return body;
}

class GeminiDialect final : public JsonDialect {
  public:
    GeminiDialect() : JsonDialect("gemini", endpoints_known) {}

  private:
    json::object said(const Fault& fault, const RefusalContext& context) const override { return body_of(fault, context); }
};

}  // namespace

const Dialect& gemini_dialect() {
    static const GeminiDialect only;
    return only;
}

}  // namespace bordergate
