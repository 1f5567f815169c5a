#include "filters/dialect/dialect.hpp"

#include "filters/dialect/kserve.hpp"
#include "filters/dialect/openai.hpp"

namespace bordergate {

const Dialect& dialect(DialectId id) {
    switch (id) {
        case DialectId::openai: return openai_dialect();
        case DialectId::kserve: return kserve_dialect();
        case DialectId::none: break;
    }
    return problem_dialect();
}

Fields Dialect::cut_trailers(const Fault&, const RefusalContext&, std::string_view) const { return {}; }

std::string refusal_sentence(const Fault& fault, const RefusalContext& context) {
    const bool failed = info(fault.code).side == Side::upstream;
    std::string text = (failed ? "The destination did not answer as it should: " : "Bordergate refused this: ") + fault.detail;
    if (!text.ends_with('.')) text += '.';
    text.append(" ").append(info(fault.code).advice);
    if (!fault.rule.empty()) text.append(" Rule: ").append(fault.rule).append(fault.cite.empty() ? "" : ", " + fault.cite).append(".");
    if (!context.attempt.empty()) text.append(" Attempt: ").append(context.attempt).append(".");
    return text;
}

}  // namespace bordergate
