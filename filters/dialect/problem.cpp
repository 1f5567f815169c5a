#include <boost/json.hpp>

#include "filters/dialect/dialects.hpp"
#include "filters/dialect/refusal.hpp"

namespace bordergate {

namespace {

namespace json = boost::json;

class ProblemDialect final : public Dialect {
  public:
    std::string_view name() const override { return "none"; }
    std::span<const DialectEndpoint> endpoints() const override { return {}; }
    RenderedRefusal refuse(const Fault& fault, const RefusalContext& context) const override {
        const auto& known = info(fault.code);
        json::object problem{{"type", "about:blank"}, {"title", known.name}, {"status", known.status}, {"detail", refusal_sentence(fault, context)}, {"code", known.name}};
        if (!fault.rule.empty()) problem["rule"] = fault.rule;
        if (!context.attempt.empty()) problem["attempt"] = context.attempt;
        return {"application/problem+json", json::serialize(problem) + "\n", 0, {}};
    }

    std::string cut(const Fault&, const RefusalContext&, std::string_view) const override { return {}; }
};

}  // namespace

const Dialect& problem_dialect() {
    static const ProblemDialect only;
    return only;
}

}  // namespace bordergate
