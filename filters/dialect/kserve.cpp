#include <array>
#include <boost/json.hpp>

#include "filters/dialect/dialects.hpp"
#include "filters/dialect/json_dialect.hpp"
#include "filters/dialect/refusal.hpp"

namespace bordergate {

namespace {

namespace json = boost::json;

/// What is no text.
constexpr std::array opaque{std::string_view("$.inputs[?@.datatype != 'BYTES'].data")};
constexpr std::array pieces{StreamPiece{.path = "$.text_output"}};

// Of gRPC the model's path names the field of the request as JSON would; the reader of messages knows it by its number.
const std::array endpoints_known{
    DialectEndpoint{.method = "POST", .path = "/inference.GRPCInferenceService/ModelInfer", .inference = true, .model_path = "$.model_name"},
    DialectEndpoint{.method = "POST", .path = "/inference.GRPCInferenceService/ModelStreamInfer", .inference = true, .model_path = "$.model_name"},
    DialectEndpoint{.method = "POST", .path = "/v2/models/*/infer", .inference = true, .opaque = opaque},
    DialectEndpoint{.method = "POST", .path = "/v2/models/*/generate", .inference = true},
    DialectEndpoint{.method = "POST", .path = "/v2/models/*/generate_stream", .inference = true, .pieces = pieces},
};

/// Who calls by gRPC is refused by gRPC; this is for everybody else.
json::object body_of(const Fault& fault, const RefusalContext& context) {
    json::object body{{"error", refusal_sentence(fault, context)}};
    tell(body, fault, context);
    return body;
}

class KserveDialect final : public JsonDialect {
  public:
    KserveDialect() : JsonDialect("kserve", endpoints_known) {}

  private:
    json::object said(const Fault& fault, const RefusalContext& context) const override { return body_of(fault, context); }
};

}  // namespace

const Dialect& kserve_dialect() {
    static const KserveDialect only;
    return only;
}

}  // namespace bordergate
