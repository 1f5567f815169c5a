#include "filters/body/text_rewrite.hpp"

#include <algorithm>
#include <bit>

#include "config/utf8.hpp"
#include "filters/detect/deep_scan.hpp"
#include "filters/detect/encoded.hpp"

namespace bordergate {

namespace {

/// What becomes of one value: appended as a replacement unless it may go in clear.
Status treat_value(std::string_view text, std::size_t begin, std::size_t end, std::string_view entity, ClassSet classes, const Place& place,
                   const Treatment& treatment, std::vector<Replacement>& replacements, std::string_view content_type = {}) {
    if (auto* findings = treatment.findings) findings->saw(classes, entity, findings->pointers.size() < Findings::most_pointers ? place.text() : std::string());
    if (treatment.observe) return {};
    const Cell& cell = treatment.judgement->lowest(classes);
    if (cell.form == Form::clear) return {};
    if (cell.form == Form::refuse || !treatment.treater) return refuse_class(treatment, classes, place);
    Replacement made{begin, end, {}};
    const auto value = text.substr(begin, end - begin);
    // Its minus may stand before what was found.
    const bool whole_number = place.is_number() && end == text.size() && (begin == 0 || (begin == 1 && text.front() == '-'));
    const Masking masking{treatment.judgement, classes, entity, &place, whole_number};
    const Status done = cell.form == Form::mask ? treatment.treater->mask(masking, value, made.text) : treatment.treater->seal(cell, {class_list(treatment, classes), content_type}, value, made.text);
    if (done.has_error()) return done;
    replacements.push_back(std::move(made));
    return {};
}

/// What is found in `text`, until the next call.
std::vector<Finding>& find_all(std::string_view text, const Place& place, const Treatment& treatment) {
    thread_local std::vector<Finding> findings;
    findings.clear();
    const ClassSet harmless = treatment.judgement ? treatment.judgement->clear : ClassSet{};
    if (treatment.scanner) deep_scan(*treatment.scanner, text, findings, place.name(), harmless, treatment.analyses);
    return findings;
}

/// Treats the findings that lie in [from, to), each by itself.
Result<std::size_t> treat_findings(std::string_view text, const std::vector<Finding>& findings, std::size_t from, std::size_t to, const Place& place,
                                   const Treatment& treatment, std::vector<Replacement>& replacements) {
    std::size_t found = 0;
    for (const auto& one : findings) {
        if (one.begin < from || one.end > to) continue;
        ++found;
        const Status done = treat_value(text, one.begin, one.end, one.entity, one.data, place, treatment, replacements);
        if (done.has_error()) return done.error();
    }
    return found;
}

/// What is left at the end of so many fresh bytes, so that a finding that begins before the cut is seen whole; a small
/// window must still get on.
constexpr std::size_t margin(std::size_t fresh) { return fresh >= 4 * Scanner::reach ? 2 * Scanner::reach : std::min(Scanner::reach, fresh / 2); }

/// Where the margin of `fresh` begins, in each of the readings that recognisers see: as it stands, and with its escapes
/// resolved level by level, in which far fewer bytes are left. `dense`: a reading has so few that a value in it may be
/// longer than the margin.
std::size_t margin_begin(std::string_view fresh, bool& dense) {
    std::size_t begin = fresh.size() - margin(fresh.size());
    dense = false;
    if (fresh.substr(begin).find_first_of("%\\") == std::string_view::npos) return begin;
    std::vector<std::size_t> origin;  // of the reading before; empty: it is `fresh` itself
    std::string reading(fresh);
    Unescaped next;
    for (unsigned depth = 0; depth < deepest_encoding && resolve_escapes(reading, next); ++depth) {
        if (!origin.empty())
            for (auto& one : next.origin) one = origin[one];
        begin = std::min(begin, next.origin[next.text.size() - margin(next.text.size())]);
        dense = dense || (fresh.size() >= 4 * Scanner::reach && next.text.size() < 2 * Scanner::reach);
        std::swap(origin, next.origin);
        std::swap(reading, next.text);
    }
    return begin;
}

/// A cut in the middle of a finding, or of a run that may be one, moves to its beginning.
std::size_t window_cut(std::string_view text, std::size_t from, std::size_t cut, const std::vector<Finding>& findings) {
    if (const auto open = open_run(text); open > from) cut = std::min(cut, open);
    for (const auto& one : findings)
        if (one.begin < cut && one.end > cut) cut = one.begin > from ? one.begin : one.end;
    while (cut > from && cut < text.size() && continues_utf8(text[cut])) --cut;
    if (cut > from) return cut;
    // One match fills the window, which only the smallest of windows allow: one character goes.
    for (cut = std::min(from + 1, text.size()); cut < text.size() && continues_utf8(text[cut]);) ++cut;
    return cut;
}

/// The part of a run longer than a window that begins at `from`: what cannot be decoded as a whole is opaque. Returns
/// where it ends; `from` if there is none.
std::size_t overlong_run(std::string_view text, std::size_t from, bool last) {
    if (!last && from < text.size() && open_run(text) <= from) return text.size();
    // So much of a run stands in the look-back only where the window before ended inside it.
    const std::size_t begin = open_run(text.substr(0, from));
    return from - begin >= Scanner::reach / 2 ? std::max(from, run_end(text, begin)) : from;
}

/// What of the findings concerns the window from `from` on, given that a run goes on until `end`. A finding that began
/// in the window before was cut there: what is left of it cannot be decoded.
void clip_findings(std::vector<Finding>& findings, std::size_t from, std::size_t end) {
    std::erase_if(findings, [&](const Finding& one) { return one.end <= end && (end > from || one.end <= from); });
    for (auto& one : findings) {
        if (one.begin >= end) break;
        one.begin = end;
        one.data.add(ClassTree::opaque);
    }
    if (end > from) findings.insert(findings.begin(), Finding{from, end, encoded_entity, ClassSet{ClassTree::opaque}});
}

}  // namespace

std::string class_list(const Treatment& treatment, ClassSet classes) { return treatment.policy->classes().list(classes, ","); }

Fault refuse_class(const Treatment& treatment, ClassSet classes, const Place& place) {
    const Cell& cell = treatment.judgement->lowest(classes);
    std::string what = treatment.policy->classes().list(classes, ", ");
    if (const auto where = place.text(); !where.empty()) what.append(" at ").append(where);
    Fault refused = cell.not_accepted ? fault(Code::form_not_accepted, what + " may go only in a form that the destination does not accept")
                    : cell.rule == no_rule ? fault(classes.has(ClassTree::opaque) ? Code::opaque_refused : Code::no_permit, "no permit lets " + what + " cross")
                                           : fault(Code::limited, "a limit forbids " + what + " to cross");
    if (cell.rule != no_rule) {
        const auto& rule = treatment.policy->rule(cell.rule);
        refused.rule = rule.id;
        if (!rule.cite.empty()) refused.cite = rule.cite.front();
    }
    return refused;
}

Result<std::size_t> treat_text(std::string_view text, const Place& place, ClassSet declared, const Treatment& treatment, std::vector<Replacement>& replacements,
                               std::string_view content_type) {
    const auto& findings = find_all(text, place, treatment);
    if (treatment.analyses && treatment.analyses->missed()) return treatment.analyses->why();
    if (declared.empty()) return treat_findings(text, findings, 0, text.size(), place, treatment, replacements);
    // Declared: the text is one value, of its declared classes and of what is found in it.
    ClassSet classes = declared;
    for (const auto& one : findings) classes |= one.data;
    const auto entity = treatment.policy->classes().name(static_cast<ClassId>(std::countr_zero(declared.bits())));
    const Status done = treat_value(text, 0, text.size(), entity, classes, place, treatment, replacements, content_type);
    if (done.has_error()) return done.error();
    return std::size_t{1};
}

Result<std::size_t> treat_window(std::string_view text, std::size_t from, bool last, const Place& place, const Treatment& treatment,
                                 std::vector<Replacement>& replacements, std::size_t& cut) {
    auto& findings = find_all(text, place, treatment);
    if (treatment.analyses && treatment.analyses->missed()) return treatment.analyses->why();
    bool dense = false;
    const auto begin = from + margin_begin(text.substr(from), dense);
    // Escapes of escapes that leave too little of a whole window to be sure of cannot be inspected.
    if (treatment.scanner) clip_findings(findings, from, dense && !last ? text.size() : overlong_run(text, from, last));
    cut = last ? text.size() : window_cut(text, from, begin, findings);
    return treat_findings(text, findings, from, cut, place, treatment, replacements);
}

std::string_view window_context(std::string_view text, std::size_t cut) {
    constexpr std::size_t longest_escape = 6;  // two of them inside each other: more would be dense
    std::size_t begin = cut - std::min(cut, Scanner::reach);
    for (std::size_t factor : {longest_escape, longest_escape * longest_escape}) {
        if (text.substr(begin, cut - begin).find_first_of("%\\") == std::string_view::npos) break;
        begin = cut - std::min(cut, factor * Scanner::reach);
    }
    while (begin < cut && continues_utf8(text[begin])) ++begin;
    return text.substr(begin, cut - begin);
}

std::string with_replacements(std::string_view text, const std::vector<Replacement>& replacements) {
    std::string out;
    std::size_t done = 0;
    for (const auto& one : replacements) {
        out.append(text.substr(done, one.begin - done)).append(one.text);
        done = one.end;
    }
    return out.append(text.substr(done));
}

Status rewrite_text(std::string_view text, const Place& place, ClassSet declared, const Treatment& treatment, std::string& out) {
    std::vector<Replacement> replacements;
    const auto treated = treat_text(text, place, declared, treatment, replacements);
    if (treated.has_error()) return treated.error();
    out.append(with_replacements(text, replacements));
    return {};
}

}  // namespace bordergate
