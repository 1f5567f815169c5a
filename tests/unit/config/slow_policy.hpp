// The evaluator once more, slow and written from the design's text alone: a world of nine places, every
// set spelt out, every quantifier a loop. What the product's evaluator is held against.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "config/policy.hpp"

namespace bordergate::slow {

using Word = std::string;
enum class Truth { no, maybe, yes };

inline const std::vector<Word> places{"DE", "FR", "GB", "JP", "US", "IN", "CN", "CA without CA-QC", "CA-QC"};
inline const std::map<Word, std::set<Word>> members{
    {"DE", {"DE"}}, {"FR", {"FR"}}, {"GB", {"GB"}}, {"JP", {"JP"}}, {"US", {"US"}}, {"CN", {"CN"}},
    {"EEA", {"DE", "FR"}}, {"CA", {"CA without CA-QC", "CA-QC"}}, {"CA-QC", {"CA-QC"}},
    {"EU-ADEQUATE", {"GB", "JP", "CA without CA-QC", "CA-QC"}}};
inline const std::map<Word, std::set<Word>> if_proved{{"EU-ADEQUATE", {"US"}}};
inline const std::map<Word, Word> law_at{{"DE", "eu-gdpr"}, {"FR", "eu-gdpr"}, {"GB", "uk-gdpr"},
                                  {"JP", "law-of-JP"}, {"US", "law-of-US"}, {"IN", "law-of-IN"},
                                  {"CN", "law-of-CN"}, {"CA without CA-QC", "ca-pipeda"},
                                  {"CA-QC", "ca-qc-law25"}};
inline const std::map<Word, Word> parent{{"contact", "personal"}, {"health", "personal"}, {"genetic", "personal"}};
inline const std::set<Word> special{"health", "genetic"};
inline const std::vector<Word> data_words{"plain", "opaque", "personal", "contact", "health", "genetic", "financial"};

// `[A, B]` or `{not: [A, B]}`.
struct Where {
    bool negated = false;
    std::vector<Word> codes;

    Truth holds(const Word& place) const {
        Truth found = Truth::no;
        for (const auto& code : codes) {
            if (members.at(code).count(place)) found = Truth::yes;
            const auto doubt = if_proved.find(code);
            if (doubt != if_proved.end() && doubt->second.count(place)) found = std::max(found, Truth::maybe);
        }
        if (!negated) return found;
        return found == Truth::yes ? Truth::no : found == Truth::no ? Truth::yes : Truth::maybe;
    }
};

struct Written {  // a rule as an operator writes it
    Word id;
    bool permit;
    Form form;
    Word data;
    Where from;
    bool anywhere = false;
    std::optional<Where> to_location, to_operator;
    std::set<int> purposes;
    std::optional<MaskSpec::Kind> with;
    std::optional<Word> key;
    std::optional<OnRefuse> on_refuse;
    int valid_from, valid_to;
};

struct Stand {
    std::optional<std::set<Word>> location;
    std::optional<std::vector<std::pair<Word, std::set<Word>>>> operators;
};

struct Trip {
    Stand from, to;
    std::set<Word> carries;
    std::set<int> purposes;
    bool limits_alone;
    int day;
    OnRefuse unless_said;
};

// --- the slow evaluator --------------------------------------------------------------------------

inline std::vector<Word> line(Word data) {
    std::vector<Word> up{data};
    while (parent.count(up.back())) up.push_back(parent.at(up.back()));
    return up;
}
inline bool is_a(const Word& data, const Word& kind) {
    const auto up = line(data);
    return std::count(up.begin(), up.end(), kind) > 0;
}

inline bool concerns(const Written& rule, const Word& data, const Trip& trip) {
    if (rule.permit) {
        if (rule.anywhere && data != "plain") return false;
        for (const auto& step : line(data)) {
            if (step == rule.data) return true;
            if (special.count(step)) return false;
        }
        return false;
    }
    if (is_a(data, rule.data)) return true;
    if (data != "opaque") return false;
    if (trip.carries.empty()) return true;
    for (const auto& carried : trip.carries)
        for (const auto& could : data_words)
            if (is_a(could, carried) && is_a(could, rule.data)) return true;
    return false;
}

inline bool permit_matches(const Written& rule, const std::set<Word>& law_place, const Trip& trip) {
    for (const int purpose : trip.purposes)
        if (!rule.purposes.count(purpose)) return false;
    if (trip.day < rule.valid_from || trip.day >= rule.valid_to) return false;
    for (const auto& place : law_place)
        if (rule.from.holds(place) != Truth::yes) return false;
    if (rule.anywhere) return true;
    if (!trip.to.location || !trip.to.operators) return false;
    for (const auto& place : *trip.to.location)
        if (rule.to_location && rule.to_location->holds(place) != Truth::yes) return false;
    for (const auto& [name, law] : *trip.to.operators)
        for (const auto& place : law)
            if (rule.to_operator && rule.to_operator->holds(place) != Truth::yes) return false;
    return true;
}

inline bool named_by_source(const Trip& trip, const Word& name, const Word& place) {
    if (!trip.from.operators || name.empty()) return false;
    for (const auto& [known, law] : *trip.from.operators)
        if (known == name && law.count(place)) return true;
    return false;
}

inline bool limit_matches(const Written& rule, const std::set<Word>& law_place, const Trip& trip) {
    bool purpose = false, from = false;
    for (const int wanted : trip.purposes) purpose |= rule.purposes.count(wanted) > 0;
    for (const auto& place : law_place) from |= rule.from.holds(place) != Truth::no;
    if (!purpose || !from || trip.day < rule.valid_from || trip.day >= rule.valid_to) return false;
    if (rule.anywhere) return true;
    for (const auto& place : places) {
        const bool located = !trip.to.location || trip.to.location->count(place);
        bool disclosed = !trip.to.operators;
        if (trip.to.operators)
            for (const auto& [name, law] : *trip.to.operators)
                disclosed |= law.count(place) && !named_by_source(trip, name, place);
        if (rule.to_location && located && rule.to_location->holds(place) != Truth::no) return true;
        if (rule.to_operator && disclosed && rule.to_operator->holds(place) != Truth::no) return true;
    }
    return false;
}

inline bool at_home(const Word& law, const Trip& trip) {
    if (!trip.to.location || !trip.to.operators) return false;
    for (const auto& place : *trip.to.location)
        if (law_at.at(place) != law) return false;
    for (const auto& party : *trip.to.operators)
        for (const auto& place : party.second)
            if (law_at.at(place) != law) return false;
    return true;
}

struct Outcome {
    Form form = Form::clear;
    MaskSpec::Kind with = MaskSpec::Kind::pseudonym;
    std::set<Word> keys;  // one of these, if any
    OnRefuse on_refuse;
    std::set<Word> causes;  // one of these decided, if any
    bool home = false;
};

inline Outcome slowly(const std::vector<Written>& rules, const Trip& trip, const Word& data) {
    Outcome outcome;
    outcome.on_refuse = trip.unless_said;
    std::vector<const Written*> yielding;

    std::map<Word, std::set<Word>> laws;  // those of the location; "" is one we do not know
    const std::set<Word> all(places.begin(), places.end());
    if (trip.from.location)
        for (const auto& place : *trip.from.location) laws[law_at.at(place)].insert(place);
    else
        laws[""] = all;

    if (!trip.limits_alone) {
        outcome.home = true;
        for (const auto& [law, where] : laws) {
            if (law != "" && at_home(law, trip)) continue;
            outcome.home = false;
            Form best = Form::refuse;
            std::vector<const Written*> matching;
            for (const auto& rule : rules)
                if (rule.permit && law != "" && concerns(rule, data, trip) && permit_matches(rule, where, trip))
                    matching.push_back(&rule);
            for (const auto* rule : matching) best = std::max(best, rule->form);
            if (best < outcome.form) yielding.clear();
            outcome.form = std::min(outcome.form, best);
            for (const auto* rule : matching)
                if (rule->form == best && best == outcome.form) yielding.push_back(rule);
        }
    }
    for (const auto* rule : yielding) outcome.causes.insert(rule->id);

    std::set<Word> stands = trip.from.location.value_or(all);  // and the operators' limits
    if (!trip.from.operators) stands = all;
    else for (const auto& party : *trip.from.operators) stands.insert(party.second.begin(), party.second.end());
    std::vector<const Written*> limits;
    for (const auto& rule : rules)
        if (!rule.permit && concerns(rule, data, trip) && limit_matches(rule, stands, trip)) limits.push_back(&rule);
    Form ceiling = Form::clear;
    for (const auto* rule : limits) ceiling = std::min(ceiling, rule->form);
    if (ceiling < outcome.form || ceiling == Form::refuse) yielding.clear(), outcome.causes.clear();
    outcome.form = std::min(outcome.form, ceiling);
    bool hold = false, refused_by_limit = false;
    for (const auto* rule : limits) {
        if (rule->form != outcome.form) continue;
        if (yielding.empty() || ceiling == Form::refuse) outcome.causes.insert(rule->id);
        hold |= rule->on_refuse.value_or(trip.unless_said) == OnRefuse::hold;
        refused_by_limit = true;
    }
    for (const auto* rule : limits)
        if (rule->form == outcome.form) yielding.push_back(rule);
    if (outcome.form == Form::refuse && refused_by_limit) outcome.on_refuse = hold ? OnRefuse::hold : OnRefuse::cut;

    std::optional<MaskSpec::Kind> strictest;
    for (const auto* rule : yielding) {
        if (rule->with && (!strictest || strictness({*rule->with}) > strictness({*strictest}))) strictest = rule->with;
        if (rule->key) outcome.keys.insert(*rule->key);
    }
    if (strictest) outcome.with = *strictest;
    return outcome;
}

}  // namespace bordergate::slow
