#include <array>
#include <boost/json.hpp>

#include "filters/dialect/dialects.hpp"
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
    DialectEndpoint{.method = "POST", .path = "", .opaque = opaque, .tool_arguments = tool_arguments},
    DialectEndpoint{.method = "GET", .path = "", .tool_arguments = tool_arguments},
    DialectEndpoint{.method = "DELETE", .path = ""},
};

/// A JSON-RPC 2.0 error; that its request is not known is `id: null` there.
json::object body_of(const Fault& fault, const RefusalContext& context) {
    constexpr int refused = -32000, invalid = -32600;
    json::object data;
    tell(data, fault, context);
    const auto status = info(fault.code).status;
    const json::object error{{"code", status == 400 || status == 413 ? invalid : refused}, {"message", refusal_sentence(fault, context)}, {"data", data}};
    json::object body{{"jsonrpc", "2.0"}, {"id", nullptr}, {"error", error}};
    return body;
}

class McpDialect final : public Dialect {
  public:
    std::string_view name() const override { return "mcp"; }
    std::span<const DialectEndpoint> endpoints() const override { return endpoints_known; }
    RenderedRefusal refuse(const Fault& fault, const RefusalContext& context) const override { return {"application/json", json::serialize(body_of(fault, context)), 0, {}}; }
    std::string cut(const Fault& fault, const RefusalContext& context, std::string_view content_type) const override {
        return is_event_stream(content_type) ? cut_event("message", body_of(fault, context)) : std::string();
    }
};

}  // namespace

const Dialect& mcp_dialect() {
    static const McpDialect only;
    return only;
}

}  // namespace bordergate
