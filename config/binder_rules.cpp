// Rules: words of the file resolved against atlas and class tree.
#include <algorithm>

#include "config/binder.hpp"
#include "config/yaml_formats.hpp"

namespace bordergate {

namespace {

constexpr std::int64_t one_day = 86'400;

std::optional<Form> form_named(const std::string& word) {
    for (Form form : {Form::refuse, Form::seal, Form::mask, Form::clear})
        if (to_string(form) == word) return form;
    return std::nullopt;
}

MaskSpec mask_of(const YAML::Node& node) {
    MaskSpec spec;
    if (node.IsMap()) {
        const auto parameters = node["character_mask"];
        spec.kind = MaskSpec::Kind::character_mask;
        if (parameters["character"] && !parameters["character"].Scalar().empty()) spec.mask_character = parameters["character"].Scalar().front();
        if (parameters["keep_first"]) spec.keep_first = parameters["keep_first"].as<std::uint16_t>();
        if (parameters["keep_last"]) spec.keep_last = parameters["keep_last"].as<std::uint16_t>();
        return spec;
    }
    for (int i = 0; i <= static_cast<int>(MaskSpec::Kind::pseudonym); ++i)
        if (to_string(static_cast<MaskSpec::Kind>(i)) == node.Scalar()) spec.kind = static_cast<MaskSpec::Kind>(i);
    return spec;
}

}  // namespace

void Binder::target(const YAML::Node& node, Rule& rule) {
    const Region everywhere{snapshot.atlas->everywhere(), snapshot.atlas->everywhere()};
    Target& to = rule.to;
    to.location = to.operator_law = everywhere;
    if (node.IsScalar() && node.Scalar() == "anywhere") {
        to.anywhere = true;
        return;
    }
    if (!node.IsMap()) {
        to.location = to.operator_law = region(node);
        return;
    }
    const auto location = node["location"], parties = node["operator"], negated = node["not"];
    if (negated && (location || parties)) report.error(node.Mark(), "\"not\" stands alone, or inside location or operator");
    if (!negated && !location && !parties) report.error(node.Mark(), "\"to\" names nothing", "anywhere, a code, a list, {not: …} or {location: …, operator: …}");
    if (negated) {
        to.location = to.operator_law = snapshot.atlas->complement(region(negated));
        return;
    }
    to.names_location = static_cast<bool>(location);
    to.names_operator = static_cast<bool>(parties);
    if (location) to.location = region(location);
    if (parties) to.operator_law = region(parties);
}

std::optional<Rule> Binder::rule(const YAML::Node& node) {
    Rule rule;
    rule.id = node["id"].Scalar();
    rule.line = node.Mark().line + 1;
    const auto permit = node["permit"], limit = node["limit"];
    if (static_cast<bool>(permit) == static_cast<bool>(limit)) {
        report.error(node.Mark(), "rule " + rule.id + " must be either a permit or a limit", "permit: FORM grants up to a form, limit: FORM is a ceiling");
        return std::nullopt;
    }
    rule.permit = static_cast<bool>(permit);
    rule.form = *form_named((permit ? permit : limit).Scalar());
    if (rule.permit && rule.form == Form::refuse) report.error(permit.Mark(), "a permit to refuse grants nothing", "limit: refuse forbids");
    if (!rule.permit && rule.form == Form::clear) report.warning(limit.Mark(), "limit: clear limits nothing");
    rule.named = class_set(node["data"]);
    rule.named.each([&](ClassId id) { rule.data |= rule.permit ? snapshot.classes.reached_by(id) : snapshot.classes.bound_by(id); });
    const auto from = node["from"];
    rule.from = from.IsMap() ? snapshot.atlas->complement(region(from["not"])) : region(from);
    target(node["to"], rule);
    if (rule.to.anywhere && rule.permit && !(rule.data - ClassSet{ClassTree::plain}).empty())
        report.warning(node["to"].Mark(), "a permit reaches an unknown standing only for plain; for other classes this rule needs a known one");
    rule.purposes = purposes(node["purposes"]).value_or(all_purposes);
    if (node["with"]) rule.with = mask_of(node["with"]);
    if (const auto key = node["key"]) {
        rule.key = key.Scalar();
        const auto place = region(key);
        if (!place.possible.empty() && !place.possible.only())
            report.error(key.Mark(), "\"" + *rule.key + "\" is a group; a key belongs to one country or subdivision");
        if (!snapshot.keys) report.error(key.Mark(), "a key is named and no folder of keys", "add keys: {directory: ./keys}");
    }
    if (node["on_refuse"]) rule.on_refuse = node["on_refuse"].Scalar() == "cut" ? OnRefuse::cut : OnRefuse::hold;
    if (node["cite"]) each_word(node["cite"], [&](const YAML::Node& one) { rule.cite.push_back(one.Scalar()); });
    if (node["valid_from"]) rule.valid_from = *parse_date(node["valid_from"].Scalar());
    if (node["valid_to"]) rule.valid_to = *parse_date(node["valid_to"].Scalar()) + one_day;
    if (rule.valid_from >= rule.valid_to) report.error(node.Mark(), "rule " + rule.id + " ends before it begins");
    return rule;
}

std::vector<Rule> Binder::rules(const YAML::Node& root) {
    std::vector<Rule> all;
    for (const auto& node : root["rules"]) {
        unique(all, node["id"]);
        if (auto made = rule(node)) all.push_back(std::move(*made));
    }
    return all;
}

}  // namespace bordergate
