#include <array>
#include <boost/json.hpp>

#include "filters/dialect/dialects.hpp"
#include "filters/dialect/json_dialect.hpp"
#include "filters/dialect/refusal.hpp"

namespace bordergate {

namespace {

namespace json = boost::json;
using Paths = std::string_view;

/// Media in what a tool, a prompt or a resource gives.
constexpr std::array opaque{
    Paths("$.params.content['data','blob']"),
    Paths("$.result['content','contents'][*]['data','blob']"),
    Paths("$.result.content['data','blob']"),
};
constexpr std::array tool_arguments{Paths("$.params.arguments"), Paths("$.result.content.input")};

// Where a server stands is its own choice: every path is an endpoint of it.
const std::array endpoints_known{
    DialectEndpoint{.method = "POST", .path = "", .correlation = "$.id", .opaque = opaque, .tool_arguments = tool_arguments, .whole_events = true},
    DialectEndpoint{.method = "GET", .path = "", .tool_arguments = tool_arguments, .whole_events = true},
    DialectEndpoint{.method = "DELETE", .path = ""},
};

/// A JSON-RPC 2.0 error, by the id of its request; where that is not known it is null there.
json::object body_of(const Fault& fault, const RefusalContext& context) {
    constexpr int refused = -32000, invalid = -32600;
    json::object data;
    tell(data, fault, context);
    const auto status = info(fault.code).status;
    const json::object error{{"code", status == 400 || status == 413 ? invalid : refused}, {"message", refusal_sentence(fault, context)}, {"data", data}};
    json::error_code unread;
    auto id = json::parse(json::string_view(context.correlation.data(), context.correlation.size()), unread);
    if (unread || !(id.is_string() || id.is_number())) id = nullptr;
    json::object body{{"jsonrpc", "2.0"}, {"id", id}, {"error", error}};
    return body;
}

class McpDialect final : public JsonDialect {
  public:
    McpDialect() : JsonDialect("mcp", endpoints_known) {}

  private:
    json::object said(const Fault& fault, const RefusalContext& context) const override { return body_of(fault, context); }
    std::string_view event_name(const RefusalContext&) const override { return "message"; }
};

}  // namespace

const Dialect& mcp_dialect() {
    static const McpDialect only;
    return only;
}

}  // namespace bordergate
