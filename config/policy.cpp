#include "config/policy.hpp"

#include <algorithm>
#include <stdexcept>

namespace bordergate {

std::string_view to_string(Form form) {
    switch (form) {
        case Form::refuse: return "refuse";
        case Form::seal: return "seal";
        case Form::mask: return "mask";
        case Form::clear: return "clear";
    }
    return "refuse";
}

std::string_view to_string(Plan plan) {
    switch (plan) {
        case Plan::pass: return "pass";
        case Plan::rewrite: return "rewrite";
        case Plan::hold: return "hold";
    }
    return "hold";
}

std::optional<Purpose> find_purpose(std::string_view word) {
    const auto found = std::find(purpose_names.begin(), purpose_names.end(), word);
    if (found == purpose_names.end()) return std::nullopt;
    return static_cast<Purpose>(found - purpose_names.begin());
}

Policy::Sieve::Sieve(const Rule& rule, RuleIndex index)
    : data(rule.data),
      form(rule.form),
      purposes(rule.purposes),
      names_location(rule.to.names_location),
      names_operator(rule.to.names_operator),
      anywhere(rule.to.anywhere),
      has_key(rule.key.has_value()),
      rule(index),
      hides(rule.with ? strictness(*rule.with) : -1),
      on_refuse(rule.on_refuse),
      valid_from(rule.valid_from),
      valid_to(rule.valid_to),
      from(rule.permit ? rule.from.sure : rule.from.possible),
      location(rule.permit ? rule.to.location.sure : rule.to.location.possible),
      operator_law(rule.permit ? rule.to.operator_law.sure : rule.to.operator_law.possible) {
    if (rule.permit && anywhere) data = data & ClassSet{ClassTree::plain};
    // A limit whose `to` names nothing is meant for everything.
    if (!rule.permit && !names_location && !names_operator) anywhere = true;
}

Policy::Policy(const Atlas& atlas, const ClassTree& classes, std::vector<Rule> rules)
    : atlas_(&atlas), classes_(&classes), rules_(std::move(rules)) {
    if (rules_.size() > no_rule) throw std::length_error("a policy has at most 65,535 rules");
    permits_ = table(rules_, true);
    limits_ = table(rules_, false);
    refine(permits_);
    refine(limits_);
    for (auto& limit : limits_)
        limit.data.each([&](ClassId id) { limit.answers_for |= classes.ancestry(id); });
    list(permits_, all_permits_, permits_of_);
    list(limits_, all_limits_, limits_of_);
}

std::vector<Policy::Sieve> Policy::table(const std::vector<Rule>& rules, bool permits) {
    std::vector<RuleIndex> order;
    for (std::size_t i = 0; i < rules.size(); ++i)
        if (rules[i].permit == permits) order.push_back(static_cast<RuleIndex>(i));
    std::stable_sort(order.begin(), order.end(), [&](RuleIndex left, RuleIndex right) {
        const Rule &a = rules[left], &b = rules[right];
        if (a.form != b.form) return permits ? a.form > b.form : a.form < b.form;
        return a.id < b.id;
    });
    std::vector<Sieve> sieves;
    for (const auto index : order) sieves.emplace_back(rules[index], index);
    return sieves;
}

/// Gives each table that chooses by entity or path its bit. A rule that was cut in time shares one.
void Policy::refine(std::vector<Sieve>& table) {
    for (auto& sieve : table) {
        const Rule& rule = rules_[sieve.rule];
        if (!rule.with || !rule.masks || !rule.masks->refines()) continue;
        const auto known = std::find_if(refinements_.begin(), refinements_.end(), [&](RuleIndex one) { return rules_[one].masks == rule.masks; });
        const auto bit = static_cast<std::size_t>(known - refinements_.begin());
        if (known == refinements_.end()) refinements_.push_back(sieve.rule);
        if (bit >= most_refinements) throw std::length_error("a policy has at most 64 rules that mask by entity or path");
        sieve.refined = std::uint64_t{1} << bit;
    }
}

void Policy::list(const std::vector<Sieve>& table, Order& all, ByClass& of) {
    for (std::size_t i = 0; i < table.size(); ++i) {
        const auto position = static_cast<RuleIndex>(i);
        all.push_back(position);
        auto data = table[i].data;
        // Any limit may bind what was not inspected; which of them do depends on the crossing.
        if (!table[i].answers_for.empty()) data.add(ClassTree::opaque);
        data.each([&](ClassId id) { of[static_cast<unsigned>(id)].push_back(position); });
    }
}

}  // namespace bordergate
