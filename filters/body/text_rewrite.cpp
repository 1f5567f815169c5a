#include "filters/body/text_rewrite.hpp"

#include <algorithm>

namespace bordergate {

namespace {

/// What becomes of one value: appended as a replacement unless it may go in clear.
Status treat_value(std::string_view text, std::size_t begin, std::size_t end, std::string_view entity, ClassSet classes, const Place& place,
                   const Treatment& treatment, std::vector<Replacement>& replacements) {
    if (treatment.findings) treatment.findings->saw(classes, entity, place.text());
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

Result<std::size_t> treat_text(std::string_view text, const Place& place, ClassSet declared, const Treatment& treatment, std::vector<Replacement>& replacements,
                               TextRange range) {
    thread_local std::vector<Match> matches;
    matches.clear();
    if (treatment.scanner) treatment.scanner->scan(text, matches);
    if (!declared.empty()) {
        // Declared: the text is one value, of its declared classes and of what is found in it.
        ClassSet classes = declared;
        for (const auto& match : matches) classes.add(match.data);
        std::string entity;
        declared.each([&](ClassId id) { entity = entity.empty() ? std::string(treatment.policy->classes().name(id)) : entity; });
        const Status done = treat_value(text, range.from, std::min(range.to, text.size()), entity, classes, place, treatment, replacements);
        if (done.has_error()) return done.error();
        return std::size_t{1};
    }
    std::size_t found = 0;
    for (const auto& match : matches) {
        if (match.begin < range.from || match.end > range.to) continue;
        ++found;
        const Status done = treat_value(text, match.begin, match.end, treatment.scanner->entity(match.entity), ClassSet{match.data}, place, treatment, replacements);
        if (done.has_error()) return done.error();
    }
    return found;
}

Status rewrite_text(std::string_view text, const Place& place, ClassSet declared, const Treatment& treatment, std::string& out) {
    std::vector<Replacement> replacements;
    const auto treated = treat_text(text, place, declared, treatment, replacements);
    if (treated.has_error()) return treated.error();
    std::size_t done = 0;
    for (const auto& one : replacements) {
        out.append(text.substr(done, one.begin - done)).append(one.text);
        done = one.end;
    }
    out.append(text.substr(done));
    return {};
}

}  // namespace bordergate
