#include "filters/dialect/refusal.hpp"

#include <boost/json.hpp>

namespace bordergate {

std::string refusal_sentence(const Fault& fault, const RefusalContext& context) {
    const bool failed = info(fault.code).side == Side::upstream;
    std::string text = (failed ? "The destination did not answer as it should: " : "Bordergate refused this: ") + fault.detail;
    if (!text.ends_with('.')) text += '.';
    text.append(" ").append(info(fault.code).advice);
    if (!fault.rule.empty()) text.append(" Rule: ").append(fault.rule).append(fault.cite.empty() ? "" : ", " + fault.cite).append(".");
    if (!context.attempt.empty()) text.append(" Attempt: ").append(context.attempt).append(".");
    return text;
}

void tell(boost::json::object& object, const Fault& fault, const RefusalContext& context) {
    object["code"] = info(fault.code).name;
    if (!fault.rule.empty()) object["rule"] = fault.rule;
    if (!context.attempt.empty()) object["attempt"] = context.attempt;
}

}  // namespace bordergate
