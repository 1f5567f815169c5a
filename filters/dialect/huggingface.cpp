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

/// Media in messages, and what other tasks are asked about.
constexpr std::array opaque{
    Paths("$.messages[*].content[*]['image_url','input_audio','file']"),
    Paths("$.inputs['image','audio']"),
};
constexpr std::array chat_pieces{
    StreamPiece{.path = "$.choices[*].delta.content"},
    StreamPiece{.path = "$.choices[*].delta['reasoning','reasoning_content']"},
    StreamPiece{.path = "$.choices[*].delta.tool_calls[*].function.arguments", .holds = Holds::json, .in_tool = true},
    StreamPiece{.path = "$.choices[*].logprobs.content[*].token", .holds = Holds::tokens, .one_text = true},
};
constexpr std::array chat_ends{Paths("finish_reason")};
constexpr std::array tool_arguments{
    Paths("$.messages[*].tool_calls[*].function.arguments"),
    Paths("$.choices[*]['message','delta'].tool_calls[*].function.arguments"),
};
constexpr std::array completion_pieces{StreamPiece{.path = "$.choices[*].text"}};
constexpr std::array generated_pieces{StreamPiece{.path = "$.token.text"}};
/// All tokens of a whole answer, and in events the alternatives to each, repeat the text in parts.
constexpr std::array generated_answer_opaque{Paths("$.details['prefill','tokens','top_tokens'][*]"), Paths("$[*].details['prefill','tokens','top_tokens'][*]")};
constexpr std::array generated_event_opaque{Paths("$.top_tokens[*]")};
constexpr std::array chat_answer_opaque{Paths("$.choices[*].logprobs.content[*]")};
constexpr std::array chat_event_opaque{Paths("$.choices[*].logprobs.content[*].top_logprobs[*]")};
constexpr std::array generated_ends{Paths("generated_text")};

const std::array endpoints_known{
    DialectEndpoint{.method = "POST", .path = "/chat/completions", .inference = true, .model_path = "$.model", .opaque = opaque, .tool_arguments = tool_arguments, .pieces = chat_pieces, .ends = chat_ends, .answer_opaque = chat_answer_opaque, .event_opaque = chat_event_opaque},
    DialectEndpoint{.method = "POST", .path = "/completions", .inference = true, .model_path = "$.model", .pieces = completion_pieces, .ends = chat_ends},
    DialectEndpoint{.method = "POST", .path = "/embeddings", .inference = true, .model_path = "$.model"},
    DialectEndpoint{.method = "POST", .path = "/models/*", .inference = true, .opaque = opaque, .pieces = generated_pieces, .ends = generated_ends, .answer_opaque = generated_answer_opaque, .event_opaque = generated_event_opaque},
    DialectEndpoint{.method = "POST", .path = "/generate", .inference = true, .opaque = opaque},
    DialectEndpoint{.method = "POST", .path = "/generate_stream", .inference = true, .opaque = opaque, .pieces = generated_pieces, .ends = generated_ends, .answer_opaque = generated_answer_opaque, .event_opaque = generated_event_opaque},
    DialectEndpoint{.method = "POST", .path = "/embed", .inference = true},
    DialectEndpoint{.method = "POST", .path = "/rerank", .inference = true},
    DialectEndpoint{.method = "POST", .path = "/", .inference = true, .opaque = opaque, .pieces = generated_pieces, .ends = generated_ends, .answer_opaque = generated_answer_opaque, .event_opaque = generated_event_opaque},
};

json::object body_of(const Fault& fault, const RefusalContext& context) {
    json::object body{{"error", refusal_sentence(fault, context)}, {"error_type", info(fault.code).name}};
    tell(body, fault, context);
    return body;
}

class HuggingFaceDialect final : public JsonDialect {
  public:
    HuggingFaceDialect() : JsonDialect("huggingface", endpoints_known) {}

  private:
    json::object said(const Fault& fault, const RefusalContext& context) const override { return body_of(fault, context); }
};

}  // namespace

const Dialect& huggingface_dialect() {
    static const HuggingFaceDialect only;
    return only;
}

}  // namespace bordergate
