#include "filters/body/text_rewrite.hpp"

#include <algorithm>
#include <bit>

namespace bordergate {

namespace {

constexpr bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// What becomes of one value: appended as a replacement unless it may go in clear.
Status treat_value(std::string_view text, std::size_t begin, std::size_t end, std::string_view entity, ClassSet classes, const Place& place,
                   const Treatment& treatment, std::vector<Replacement>& replacements) {
    if (auto* findings = treatment.findings) findings->saw(classes, entity, findings->pointers.size() < Findings::most_pointers ? place.text() : std::string());
    if (treatment.observe) return {};
    const Cell& cell = treatment.judgement->lowest(classes);
    if (cell.form == Form::clear) return {};
    if (cell.form == Form::refuse || !treatment.treater) return refuse_class(treatment, classes, place);
    Replacement made{begin, end, {}};
    const auto value = text.substr(begin, end - begin);
    const Status done = cell.form == Form::mask ? treatment.treater->mask(cell, entity, value, made.text) : treatment.treater->seal(cell, entity, value, made.text);
    if (done.has_error()) return done;
    replacements.push_back(std::move(made));
    return {};
}

/// The matches in `text`, until the next call.
const std::vector<Match>& find_matches(std::string_view text, const Treatment& treatment) {
    thread_local std::vector<Match> matches;
    matches.clear();
    if (treatment.scanner) treatment.scanner->scan(text, matches);
    return matches;
}

/// Treats the matches that lie in [from, to), each by itself.
Result<std::size_t> treat_matches(std::string_view text, const std::vector<Match>& matches, std::size_t from, std::size_t to, const Place& place,
                                  const Treatment& treatment, std::vector<Replacement>& replacements) {
    std::size_t found = 0;
    for (const auto& match : matches) {
        if (match.begin < from || match.end > to) continue;
        ++found;
        const Status done = treat_value(text, match.begin, match.end, treatment.scanner->entity(match.entity), ClassSet{match.data}, place, treatment, replacements);
        if (done.has_error()) return done.error();
    }
    return found;
}

/// Leaves a margin at the end, so that a match that begins before the cut is seen whole; a small window must still
/// get on. A cut in the middle of a match moves to its beginning.
std::size_t window_cut(std::string_view text, std::size_t from, const std::vector<Match>& matches) {
    const std::size_t fresh = text.size() - from;
    std::size_t cut = text.size() - (fresh >= 4 * Scanner::reach ? 2 * Scanner::reach : std::min(Scanner::reach, fresh / 2));
    for (const auto& match : matches)
        if (match.begin < cut && match.end > cut) cut = match.begin;
    while (cut > from && cut < text.size() && continues(text[cut])) --cut;
    if (cut > from) return cut;
    // One match fills the window, which only the smallest of windows allow: one character goes.
    for (cut = std::min(from + 1, text.size()); cut < text.size() && continues(text[cut]);) ++cut;
    return cut;
}

}  // namespace

Fault refuse_class(const Treatment& treatment, ClassSet classes, const Place& place) {
    const Cell& cell = treatment.judgement->lowest(classes);
    std::string what;
    for (auto name : treatment.policy->classes().names(classes)) what.append(what.empty() ? "" : ", ").append(name);
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

Result<std::size_t> treat_text(std::string_view text, const Place& place, ClassSet declared, const Treatment& treatment, std::vector<Replacement>& replacements) {
    const auto& matches = find_matches(text, treatment);
    if (declared.empty()) return treat_matches(text, matches, 0, text.size(), place, treatment, replacements);
    // Declared: the text is one value, of its declared classes and of what is found in it.
    ClassSet classes = declared;
    for (const auto& match : matches) classes.add(match.data);
    const auto entity = treatment.policy->classes().name(static_cast<ClassId>(std::countr_zero(declared.bits())));
    const Status done = treat_value(text, 0, text.size(), entity, classes, place, treatment, replacements);
    if (done.has_error()) return done.error();
    return std::size_t{1};
}

Result<std::size_t> treat_window(std::string_view text, std::size_t from, bool last, const Place& place, const Treatment& treatment,
                                 std::vector<Replacement>& replacements, std::size_t& cut) {
    const auto& matches = find_matches(text, treatment);
    cut = last ? text.size() : window_cut(text, from, matches);
    return treat_matches(text, matches, from, cut, place, treatment, replacements);
}

std::string_view window_context(std::string_view text, std::size_t cut) {
    std::size_t begin = cut - std::min(cut, Scanner::reach);
    while (begin < cut && continues(text[begin])) ++begin;
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
