// Rules: words of the file resolved against atlas and class tree.
#include <algorithm>

#include "config/binder.hpp"

namespace bordergate {

namespace {

constexpr std::int64_t one_day = 86'400;

Form form_named(const std::string& word) {
    for (Form form : {Form::seal, Form::mask, Form::clear})
        if (to_string(form) == word) return form;
    return Form::refuse;
}

}  // namespace

/// Regions of `from` and `to` as they are at `instant`.
void Binder::regions(const YAML::Node& node, std::int64_t instant, Rule& rule) const {
    const auto of = [&](const YAML::Node& codes) { return region(codes, instant); };
    const auto from = node["from"], to = node["to"];
    rule.from = from.IsMap() ? snapshot.atlas->complement(of(from["not"])) : of(from);
    const Region everywhere{snapshot.atlas->everywhere(), snapshot.atlas->everywhere()};
    Target& target = rule.to;
    target.location = target.operator_law = everywhere;
    target.anywhere = to.IsScalar() && to.Scalar() == "anywhere";
    if (!to.IsMap()) {
        target.location = target.operator_law = of(to);
    } else if (const auto negated = to["not"]) {
        target.location = target.operator_law = snapshot.atlas->complement(of(negated));
    } else {
        const auto location = to["location"], parties = to["operator"];
        target.names_location = static_cast<bool>(location);
        target.names_operator = static_cast<bool>(parties);
        if (location) target.location = of(location);
        if (parties) target.operator_law = of(parties);
    }
}

void Binder::key_of_rule(const YAML::Node& key, Rule& rule) {
    rule.key = key.Scalar();
    if (rule.form != Form::seal)
        report.warning(key.Mark(), "a key has no effect here: rule " + rule.id + " does not seal");
    if (!snapshot.keys)
        report.error(key.Mark(), "a key is named, and no folder of keys",
                     "add keys: {directory: ./keys}");
    else if (!is_folder(*snapshot.keys / *rule.key))
        report.error(
            key.Mark(), "there is no key of " + *rule.key + " in " + snapshot.keys->string(),
            "bordergate keys create " + *rule.key + " --directory " + snapshot.keys->string());
}

Rule Binder::rule(const YAML::Node& node) {
    Rule rule;
    rule.id = node["id"].Scalar();
    rule.line = node.Mark().line + 1;
    const auto permit = node["permit"], limit = node["limit"], to = node["to"];
    rule.permit = static_cast<bool>(permit);
    rule.form = form_named((permit ? permit : limit).Scalar());
    if (rule.permit && rule.form == Form::refuse)
        report.error(permit.Mark(), "a permit to refuse grants nothing", "limit: refuse forbids");
    if (!rule.permit && rule.form == Form::clear)
        report.warning(limit.Mark(), "limit: clear limits nothing");
    rule.named = class_set(node["data"]);
    rule.named.each([&](ClassId id) {
        rule.data |= rule.permit ? snapshot.classes.reached_by(id) : snapshot.classes.bound_by(id);
    });
    if (to.IsMap() && to["not"] && (to["location"] || to["operator"]))
        report.error(to.Mark(), "\"not\" stands alone in \"to\"",
                     "two limits, one for each axis, say the same");
    if (to.IsScalar() && to.Scalar() == "anywhere" && rule.permit &&
        !(rule.data - ClassSet{ClassTree::plain}).empty())
        report.warning(to.Mark(), "only for plain does a permit reach a standing that is not known",
                       "other classes of rule " + rule.id + " still need a known one");
    rule.purposes = purposes(node["purposes"]);
    if (const auto with = node["with"]) {
        masks(with, rule);
        if (rule.form != Form::mask)
            report.warning(with.Mark(),
                           "with has no effect here: rule " + rule.id + " does not mask");
    }
    if (const auto restore = node["restore_arguments"]) {
        rule.restore_arguments = restore.as<bool>();
        if (rule.form != Form::mask) report.warning(restore.Mark(), "restore_arguments has no effect here: rule " + rule.id + " does not mask");
    }
    if (node["key"]) key_of_rule(node["key"], rule);
    if (const auto refuse = node["on_refuse"])
        rule.on_refuse = refuse.Scalar() == "cut" ? OnRefuse::cut : OnRefuse::hold;
    if (node["cite"])
        each_word(node["cite"], [&](const YAML::Node& one) { rule.cite.push_back(one.Scalar()); });
    if (node["valid_from"]) rule.valid_from = *parse_date(node["valid_from"].Scalar());
    if (node["valid_to"]) rule.valid_to = *parse_date(node["valid_to"].Scalar()) + one_day;
    if (rule.valid_from >= rule.valid_to)
        report.error(node["valid_to"].Mark(), "rule " + rule.id + " ends before it begins");
    return rule;
}

/// The instants at which some code in `codes` (a word, a list, or a map of them) means something
/// else.
std::vector<std::int64_t> Binder::changes(const YAML::Node& codes) const {
    std::vector<std::int64_t> instants;
    const auto add = [&](const YAML::Node& code) {
        const auto more = snapshot.atlas->changes(code.Scalar());
        instants.insert(instants.end(), more.begin(), more.end());
    };
    if (codes.IsMap())
        for (const auto& entry : codes) each_word(entry.second, add);
    else
        each_word(codes, add);
    return instants;
}

std::vector<Rule> Binder::rules(const YAML::Node& root) {
    std::vector<Rule> all;
    const auto list = root["rules"];
    if (!list) return all;
    std::size_t refining = 0;
    for (const auto& node : list) {
        if (!node["permit"] && !node["limit"]) continue;  // its form was not sound, and is reported
        Rule whole = rule(node);
        if (whole.masks && whole.masks->refines() && ++refining == Policy::most_refinements + 1)
            report.error(node["with"].Mark(), "more than 64 rules mask by entity or path",
                         "rules that say the same of several classes can be one: data is a list");
        auto cuts = changes(node["from"]);
        const auto more = changes(node["to"]);
        cuts.insert(cuts.end(), more.begin(), more.end());
        std::sort(cuts.begin(), cuts.end());
        // What holds now holds backwards too: a clock that is set back must not find a gap.
        std::int64_t begin = whole.valid_from;
        std::int64_t instant = std::max(now, begin);
        for (const auto cut : cuts) {
            if (cut <= instant || cut >= whole.valid_to) continue;
            all.push_back(whole);
            regions(node, instant, all.back());
            all.back().valid_from = begin;
            all.back().valid_to = cut;
            begin = instant = cut;
        }
        regions(node, instant, whole);
        whole.valid_from = begin;
        all.push_back(std::move(whole));
    }
    return all;
}

}  // namespace bordergate
