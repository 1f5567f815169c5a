#include "filters/dialect/kserve.hpp"

#include <array>

#include "filters/dialect/openai.hpp"

namespace bordergate {

namespace {

// The model's path names the field of the gRPC request as JSON would; the reader of messages knows it by its number.
const std::array<DialectEndpoint, 2> endpoints_known{
    DialectEndpoint{"POST", "/inference.GRPCInferenceService/ModelInfer", true, Purpose::inference, "$.model_name", {}, {}, {}},
    DialectEndpoint{"POST", "/inference.GRPCInferenceService/ModelStreamInfer", true, Purpose::inference, "$.model_name", {}, {}, {}},
};

class KserveDialect final : public Dialect {
  public:
    std::string_view name() const override { return "kserve"; }

    const DialectEndpoint* endpoint(std::string_view method, std::string_view path) const override {
        for (const auto& one : endpoints_known)
            if (one.method == method && path == one.path_suffix) return &one;
        return nullptr;
    }

    std::span<const DialectEndpoint> endpoints() const override { return endpoints_known; }

    // Who calls by gRPC is refused by gRPC; this is for everybody else.
    RenderedRefusal refuse(const Fault& fault, const RefusalContext& context) const override { return problem_dialect().refuse(fault, context); }
    std::string cut(const Fault&, const RefusalContext&, std::string_view) const override { return {}; }
};

}  // namespace

const Dialect& kserve_dialect() {
    static const KserveDialect only;
    return only;
}

}  // namespace bordergate
