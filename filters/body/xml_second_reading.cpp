#include "filters/body/xml_second_reading.hpp"

#include <algorithm>

#include "config/utf8.hpp"
#include "filters/body/xml_text.hpp"
#include "filters/body/xml_value.hpp"
#include "filters/detect/deep_scan.hpp"
#include "filters/detect/encoded.hpp"

namespace bordergate {

namespace {

/// Resolves what are references, and leaves all else as it stands. False if there is none.
bool resolve(std::string_view text, Unescaped& out) {
    if (text.find('&') == std::string_view::npos) return false;
    bool any = false;
    for (std::size_t at = 0; at < text.size();) {
        const auto before = out.text.size();
        const auto end = text[at] == '&' ? text.substr(0, at + longest_xml_reference).find(';', at) : std::string_view::npos;
        const bool reference = end != std::string_view::npos && decode_xml_reference(text.substr(at, end + 1 - at), out.text);
        if (!reference) out.text += text[at];
        out.origin.insert(out.origin.end(), out.text.size() - before, at);
        any = any || reference;
        at = reference ? end + 1 : at + 1;
    }
    out.origin.push_back(text.size());
    return any;
}

/// To where it stands in the text that was resolved.
void move_to(const std::vector<std::size_t>& origin, std::vector<Replacement>& replacements) {
    for (auto& one : replacements) {
        one.begin = origin[one.begin];
        one.end = origin[one.end];
    }
}

/// `text` without what more bytes could make a reference of, if anything is left behind `from`.
std::string_view without_open_reference(std::string_view text, std::size_t from) {
    const auto open = text.rfind('&');
    const bool may_be = open != std::string_view::npos && open > from && text.size() - open < longest_xml_reference && text.find(';', open) == std::string_view::npos;
    return may_be ? text.substr(0, open) : text;
}

}  // namespace

Result<std::size_t> treat_quoted(std::string_view text, const Place& place, const Treatment& treatment, std::vector<Replacement>& replacements) {
    Unescaped resolved;
    if (!resolve(text, resolved)) return treat_text(text, place, {}, treatment, replacements);
    const auto found = treat_text(resolved.text, place, {}, treatment, replacements);
    move_to(resolved.origin, replacements);
    return found;
}

Result<std::size_t> treat_quoted_window(std::string_view text, std::size_t from, bool last, const Place& place, const Treatment& treatment,
                                        std::vector<Replacement>& replacements, std::size_t& cut) {
    if (!last) text = without_open_reference(text, from);
    Unescaped resolved;
    if (!resolve(text, resolved)) return treat_window(text, from, last, place, treatment, replacements, cut);
    const auto& origin = resolved.origin;
    const auto begin = static_cast<std::size_t>(std::lower_bound(origin.begin(), origin.end(), from) - origin.begin());
    if (!last && text.size() - from >= 4 * Scanner::reach && resolved.text.size() - begin < 2 * Scanner::reach) {
        const Status opaque = treat_uninspected(place, treatment);
        if (opaque.has_error()) return opaque.error();
    }
    const auto found = treat_window(resolved.text, begin, last, place, treatment, replacements, cut);
    if (found.has_error()) return found;
    move_to(origin, replacements);
    cut = origin[cut];
    return found;
}

std::string_view quoted_context(std::string_view text, std::size_t cut) {
    const auto as_it_stands = window_context(text, cut);
    auto far = cut - std::min(cut, longest_xml_reference * Scanner::reach);
    while (far < cut && continues_utf8(text[far])) ++far;
    Unescaped resolved;
    if (!resolve(text.substr(far, cut - far), resolved)) return as_it_stands;
    const auto size = window_context(resolved.text, resolved.text.size()).size();
    const auto begin = std::min(far + resolved.origin[resolved.text.size() - size], cut - as_it_stands.size());
    return text.substr(begin, cut - begin);
}

Result<ClassSet> quoted_classes(std::string_view text, std::string_view name, const Treatment& treatment) {
    Unescaped resolved;
    const std::string_view read = resolve(text, resolved) ? std::string_view(resolved.text) : text;
    std::vector<Finding> findings;
    if (treatment.scanner) deep_scan(*treatment.scanner, read, findings, name, {}, treatment.analyses);
    if (treatment.analyses && treatment.analyses->missed()) return treatment.analyses->why();
    ClassSet classes;
    for (const auto& one : findings) classes |= one.data;
    return classes;
}

}  // namespace bordergate
