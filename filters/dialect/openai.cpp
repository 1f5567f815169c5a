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

/// Parts of a chat request that hold no text: media, and files by content or by reference.
constexpr std::array chat_opaque{
    Paths("$.messages[*].content[*]['image_url','input_audio','file']"),
    Paths("$.messages[*].audio"),
    Paths("$.prediction.content[*]['image_url','input_audio','file']"),
};
constexpr std::array chat_pieces{
    StreamPiece{.path = "$.choices[*].delta.content"},
    StreamPiece{.path = "$.choices[*].delta.refusal"},
    StreamPiece{.path = "$.choices[*].delta['reasoning','reasoning_content']"},
    StreamPiece{.path = "$.choices[*].delta.audio.transcript"},
    StreamPiece{.path = "$.choices[*].delta.tool_calls[*].function.arguments", .holds = Holds::json, .in_tool = true},
    StreamPiece{.path = "$.choices[*].delta.tool_calls[*].custom.input", .in_tool = true},
    StreamPiece{.path = "$.choices[*].delta.function_call.arguments", .holds = Holds::json, .in_tool = true},
    StreamPiece{.path = "$.choices[*].logprobs.content[*].token", .holds = Holds::tokens, .one_text = true},
    StreamPiece{.path = "$.choices[*].logprobs.refusal[*].token", .holds = Holds::tokens, .one_text = true},
};
/// All tokens of a whole answer, and in events the alternatives to each, repeat the text in parts.
constexpr std::array chat_answer_opaque{Paths("$.choices[*].logprobs['content','refusal','tokens','top_logprobs'][*]")};
constexpr std::array chat_event_opaque{Paths("$.choices[*].logprobs['content','refusal'][*].top_logprobs[*]"), Paths("$.choices[*].logprobs.top_logprobs[*]")};
constexpr std::array chat_ends{Paths("finish_reason")};
constexpr std::array chat_tool_arguments{
    Paths("$.messages[*].tool_calls[*]['function','custom']['arguments','input']"),
    Paths("$.messages[*].function_call.arguments"),
    Paths("$.choices[*]['message','delta'].tool_calls[*]['function','custom']['arguments','input']"),
    Paths("$.choices[*]['message','delta'].function_call.arguments"),
};

/// Of `prompt` and `input`: numbers are tokens, which say text that nobody here can read.
constexpr std::array completion_opaque{Paths("$.prompt[?@ >= 0]"), Paths("$.prompt[*][?@ >= 0]")};
constexpr std::array embedding_opaque{Paths("$.input[?@ >= 0]"), Paths("$.input[*][?@ >= 0]")};
constexpr std::array completion_pieces{
    StreamPiece{.path = "$.choices[*].text"},
    StreamPiece{.path = "$.choices[*].logprobs.tokens[*]", .holds = Holds::tokens, .one_text = true},
};

constexpr std::array responses_opaque{
    Paths("$.input[*].content[*]['image_url','file_data','file_url','file_id','input_audio']"),
    Paths("$.input[*].output[*]['image_url','file_data','file_url','file_id']"),
    Paths("$.input[*].result"),
};
constexpr std::array responses_signed{Paths("$..encrypted_content")};
/// Which text an event is of. Items are told apart by their place, as SDKs do: their ids may change.
constexpr std::array item_ids{Paths("output_index"), Paths("content_index"), Paths("summary_index")};
constexpr std::array responses_pieces{
    StreamPiece{.path = "$.delta", .type = "response.output_text.delta", .done = "response.output_text.done", .ids = item_ids},
    StreamPiece{.path = "$.logprobs[*].token", .type = "response.output_text.delta", .done = "response.output_text.done", .holds = Holds::tokens, .ids = item_ids, .one_text = true},
    StreamPiece{.path = "$.logprobs[*].token", .type = "response.output_text.done", .done = "response.output_text.done", .holds = Holds::tokens, .ids = item_ids, .one_text = true},
    StreamPiece{.path = "$.delta", .type = "response.refusal.delta", .done = "response.refusal.done", .ids = item_ids},
    StreamPiece{.path = "$.delta", .type = "response.reasoning_text.delta", .done = "response.reasoning_text.done", .ids = item_ids},
    StreamPiece{.path = "$.delta", .type = "response.reasoning_summary_text.delta", .done = "response.reasoning_summary_text.done", .ids = item_ids},
    StreamPiece{.path = "$.delta", .type = "response.audio.transcript.delta", .done = "response.audio.transcript.done", .ids = item_ids},
    StreamPiece{.path = "$.delta", .type = "response.function_call_arguments.delta", .done = "response.function_call_arguments.done", .holds = Holds::json, .ids = item_ids, .in_tool = true},
    StreamPiece{.path = "$.delta", .type = "response.mcp_call_arguments.delta", .done = "response.mcp_call_arguments.done", .holds = Holds::json, .ids = item_ids, .in_tool = true},
    StreamPiece{.path = "$.delta", .type = "response.custom_tool_call_input.delta", .done = "response.custom_tool_call_input.done", .ids = item_ids, .in_tool = true},
    StreamPiece{.path = "$.delta", .type = "response.code_interpreter_call_code.delta", .done = "response.code_interpreter_call_code.done", .ids = item_ids, .in_tool = true},
};
constexpr std::array responses_answer_opaque{Paths("$.output[*].content[*].logprobs[*]")};
constexpr std::array responses_event_opaque{
    Paths("$.logprobs[*].top_logprobs[*]"),
    Paths("$.part.logprobs[*]"),
    Paths("$.item.content[*].logprobs[*]"),
    Paths("$.response.output[*].content[*].logprobs[*]"),
};
constexpr std::array responses_tool_arguments{
    Paths("$.input[*].arguments"),
    Paths("$['output'][*]['arguments','input','code']"),
    Paths("$.response.output[*]['arguments','input','code']"),
    Paths("$.item['arguments','input','code']"),
    Paths("$['arguments','code']"),
    Paths("$.input"),
};

/// What a file of requests says of each of them.
constexpr std::array file_opaque{
    Paths("$.body.messages[*].content[*]['image_url','input_audio','file']"),
    Paths("$.body.input[*].content[*]['image_url','file_data','file_url','file_id']"),
    Paths("$.body['input','prompt'][?@ >= 0]"),
    Paths("$.body['input','prompt'][*][?@ >= 0]"),
};

/// Of realtime sessions: media in base64, and arguments of tools.
constexpr std::array realtime_opaque{Paths("$.audio"), Paths("$.item.content[*]['audio','image_url']")};
constexpr std::array realtime_ids{Paths("response_id"), Paths("output_index"), Paths("content_index")};
constexpr std::array heard_ids{Paths("item_id"), Paths("content_index")};
constexpr std::array realtime_pieces{
    StreamPiece{.path = "$.delta", .type = "response.text.delta", .done = "response.text.done", .ids = realtime_ids},
    StreamPiece{.path = "$.delta", .type = "response.output_text.delta", .done = "response.output_text.done", .ids = realtime_ids},
    StreamPiece{.path = "$.delta", .type = "response.audio_transcript.delta", .done = "response.audio_transcript.done", .ids = realtime_ids},
    StreamPiece{.path = "$.delta", .type = "response.output_audio_transcript.delta", .done = "response.output_audio_transcript.done", .ids = realtime_ids},
    StreamPiece{.path = "$.delta", .type = "response.function_call_arguments.delta", .done = "response.function_call_arguments.done", .holds = Holds::json, .ids = realtime_ids, .in_tool = true},
    StreamPiece{.path = "$.delta", .type = "response.mcp_call_arguments.delta", .done = "response.mcp_call_arguments.done", .holds = Holds::json, .ids = realtime_ids, .in_tool = true},
    StreamPiece{.path = "$.delta", .type = "conversation.item.input_audio_transcription.delta", .done = "conversation.item.input_audio_transcription.completed", .ids = heard_ids},
};
constexpr std::array realtime_tool_arguments{Paths("$.arguments"), Paths("$.item.arguments"), Paths("$.response.output[*].arguments")};

constexpr Paths model = "$.model";

// The first that fits counts: `/chat/completions` ends in `/completions` too.
const std::array endpoints_known{
    DialectEndpoint{.method = "POST", .path = "/chat/completions", .inference = true, .model_path = model, .opaque = chat_opaque, .tool_arguments = chat_tool_arguments, .pieces = chat_pieces, .ends = chat_ends, .answer_opaque = chat_answer_opaque, .event_opaque = chat_event_opaque},
    DialectEndpoint{.method = "POST", .path = "/responses", .inference = true, .model_path = model, .opaque = responses_opaque, .signed_blocks = responses_signed, .tool_arguments = responses_tool_arguments, .pieces = responses_pieces, .answer_opaque = responses_answer_opaque, .event_opaque = responses_event_opaque},
    DialectEndpoint{.method = "POST", .path = "/completions", .inference = true, .model_path = model, .opaque = completion_opaque, .pieces = completion_pieces, .ends = chat_ends, .answer_opaque = chat_answer_opaque, .event_opaque = chat_event_opaque},
    DialectEndpoint{.method = "POST", .path = "/embeddings", .inference = true, .model_path = model, .opaque = embedding_opaque},
    DialectEndpoint{.method = "POST", .path = "/moderations", .inference = true, .model_path = model},
    DialectEndpoint{.method = "POST", .path = "/audio/speech", .inference = true, .model_path = model},
    DialectEndpoint{.method = "POST", .path = "/images/generations", .inference = true, .model_path = model},
    DialectEndpoint{.method = "POST", .path = "/files", .opaque = file_opaque},
    DialectEndpoint{.method = "POST", .path = "/batches"},
    DialectEndpoint{.method = "POST", .path = "/fine_tuning/jobs", .purpose = Purpose::fine_tuning},
    DialectEndpoint{.method = "GET", .path = "/models"},
    DialectEndpoint{.method = "GET", .path = "/realtime", .inference = true, .model_query = "model", .opaque = realtime_opaque, .tool_arguments = realtime_tool_arguments, .pieces = realtime_pieces, .session = true},
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
    json::object error{{"message", refusal_sentence(fault, context)}, {"type", error_type(info(fault.code).status)}, {"param", nullptr}};
    tell(error, fault, context);
    return error;
}

/// Streams of typed events say an error as one of them.
bool is_typed(const RefusalContext& context) { return context.endpoint && context.endpoint->path == "/responses"; }

class OpenAiDialect final : public JsonDialect {
  public:
    OpenAiDialect() : JsonDialect("openai", endpoints_known) {}
    std::string last_message(const Fault& fault, const RefusalContext& context) const override {
        json::object event{{"type", "error"}, {"error", error_object(fault, context)}};
        return json::serialize(event);
    }

  private:
    json::object said(const Fault& fault, const RefusalContext& context) const override {
        json::object body;
        body["error"] = error_object(fault, context);
        return body;
    }
    json::object said_in_stream(const Fault& fault, const RefusalContext& context) const override {
        json::object body = said(fault, context);
        if (!is_typed(context)) return body;
        tell(body, fault, context);
        body["type"] = "error";
        body["message"] = refusal_sentence(fault, context);
        body["param"] = nullptr;
        return body;
    }
    std::string_view event_name(const RefusalContext& context) const override { return is_typed(context) ? "error" : std::string_view(); }
};

}  // namespace

const Dialect& openai_dialect() {
    static const OpenAiDialect only;
    return only;
}

}  // namespace bordergate
