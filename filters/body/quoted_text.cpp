#include "filters/body/quoted_text.hpp"

#include <vector>

#include "filters/body/text_rewrite.hpp"
#include "filters/detect/deep_scan.hpp"
#include "filters/detect/encoded.hpp"

namespace bordergate {

namespace {

Unescaped without_backslashes(std::string_view text) {
    Unescaped plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        plain.text += text[i];
        plain.origin.push_back(i);
    }
    return plain;
}

}  // namespace

Status inspect_quoted(std::string_view text, const Place& place, const Treatment& treatment) {
    if (!treatment.scanner || text.find('\\') == std::string_view::npos) return {};
    const auto plain = without_backslashes(text);
    std::vector<Finding> seen, hidden;
    deep_scan(*treatment.scanner, text, seen, place.name(), {}, treatment.analyses);
    deep_scan(*treatment.scanner, plain.text, hidden, place.name(), {}, treatment.analyses);
    if (treatment.analyses && treatment.analyses->missed()) return treatment.analyses->why();
    auto known = seen.begin();
    for (const auto& one : hidden) {
        const auto begin = plain.origin[one.begin], end = plain.origin[one.end - 1] + 1;
        while (known != seen.end() && known->end < end) ++known;
        if (known != seen.end() && known->begin <= begin && known->data.covers(one.data)) continue;
        if (treatment.findings) treatment.findings->saw(one.data, one.entity, place.text());
        if (treatment.observe) continue;
        const Form form = treatment.judgement->lowest(one.data).form;
        if (form == Form::clear) continue;
        if (form == Form::refuse) return refuse_class(treatment, one.data, place);
        return fault(Code::place_cannot_carry, "between backslashes stands what would have to be written anew, at " + place.text());
    }
    return {};
}

}  // namespace bordergate
