#include <array>
#include <boost/json.hpp>

#include "filters/dialect/dialects.hpp"
#include "filters/dialect/json_dialect.hpp"
#include "filters/dialect/refusal.hpp"

namespace bordergate {

namespace {

namespace json = boost::json;
using Paths = std::string_view;

/// Images, and what was said before as tokens.
constexpr std::array opaque{Paths("$.images"), Paths("$.messages[*].images"), Paths("$.context")};
constexpr std::array tool_arguments{Paths("$.messages[*].tool_calls[*].function.arguments"), Paths("$.message.tool_calls[*].function.arguments")};
constexpr std::array pieces{
    StreamPiece{.path = "$.message.content"},
    StreamPiece{.path = "$.message.thinking"},
    StreamPiece{.path = "$.response"},
    StreamPiece{.path = "$.thinking"},
};
constexpr std::array ends{Paths("done")};
constexpr Paths model = "$.model";

const std::array endpoints_known{
    DialectEndpoint{.method = "POST", .path = "/api/chat", .inference = true, .model_path = model, .opaque = opaque, .tool_arguments = tool_arguments, .pieces = pieces, .ends = ends},
    DialectEndpoint{.method = "POST", .path = "/api/generate", .inference = true, .model_path = model, .opaque = opaque, .pieces = pieces, .ends = ends},
    DialectEndpoint{.method = "POST", .path = "/api/embed", .inference = true, .model_path = model},
    DialectEndpoint{.method = "POST", .path = "/api/embeddings", .inference = true, .model_path = model},
    DialectEndpoint{.method = "POST", .path = "/api/show"},
    DialectEndpoint{.method = "GET", .path = "/api/tags"},
    DialectEndpoint{.method = "GET", .path = "/api/version"},
};

json::object body_of(const Fault& fault, const RefusalContext& context) {
    json::object body{{"error", refusal_sentence(fault, context)}};
    tell(body, fault, context);
    return body;
}

class OllamaDialect final : public JsonDialect {
  public:
    OllamaDialect() : JsonDialect("ollama", endpoints_known) {}

  private:
    json::object said(const Fault& fault, const RefusalContext& context) const override { return body_of(fault, context); }
};

}  // namespace

const Dialect& ollama_dialect() {
    static const OllamaDialect only;
    return only;
}

}  // namespace bordergate
