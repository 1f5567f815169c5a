#include "filters/body/json_path.hpp"

#include <algorithm>

#include "filters/body/json_filter.hpp"
#include "filters/body/json_path_parser.hpp"

namespace bordergate {

bool JsonChoice::selects(const JsonStep& step, std::uint64_t answers) const {
    switch (kind) {
        case Kind::wildcard: return true;
        case Kind::name: return !step.in_array && step.name == name;
        case Kind::slice: return step.in_array && step.index >= from && step.index < to && (every == 1 || (step.index - from) % every == 0);
        case Kind::filter: return (answers >> number & 1) != 0;
    }
    return false;
}

bool JsonSegment::selects(const JsonStep& step, std::uint64_t answers) const {
    return std::any_of(choices.begin(), choices.end(), [&](const JsonChoice& choice) { return choice.selects(step, answers); });
}

JsonPath::State JsonPath::advance(State parent, const JsonStep& step, std::uint64_t answers) const {
    State here = 0;
    for (std::size_t i = 0; i < segments_.size(); ++i) {
        if ((parent >> i & 1) == 0) continue;
        if (segments_[i].descendant) here |= State{1} << i;
        if (segments_[i].selects(step, answers)) here |= State{1} << (i + 1);
    }
    return here;
}

bool JsonPath::matches(std::span<const JsonStep> steps) const {
    State state = root;
    for (const auto& step : steps) state = advance(state, step);
    return selects(state);
}

std::size_t JsonPath::selected_depth(std::span<const JsonStep> steps) const {
    State state = root;
    std::size_t innermost = selects(state) ? 1 : 0;
    for (std::size_t i = 0; i < steps.size() && state != 0; ++i) {
        state = advance(state, steps[i]);
        if (selects(state)) innermost = i + 2;
    }
    return innermost;
}

std::uint64_t JsonPath::answers_for(std::string_view text) const {
    JsonTree tree;
    const auto value = tree.begin(JsonTree::none, {}, JsonTree::Kind::string);
    tree.say(value, text);
    tree.end(value);
    std::uint64_t answers = 0;
    for (std::size_t i = 0; i < filters_.size(); ++i)
        if (JsonQuestion(tree).ask(*filters_[i].filter, value) != Truth::no) answers |= std::uint64_t{1} << i;
    return answers;
}

bool JsonChoice::may_meet(const JsonChoice& other) const {
    const auto any = [](Kind which) { return which == Kind::wildcard || which == Kind::filter; };
    if (any(kind) || any(other.kind)) return true;
    if (kind != other.kind) return false;
    return kind == Kind::name ? name == other.name : from < other.to && other.from < to;
}

bool JsonSegment::may_meet(const JsonSegment& other) const {
    return std::any_of(choices.begin(), choices.end(), [&](const JsonChoice& one) {
        return std::any_of(other.choices.begin(), other.choices.end(), [&](const JsonChoice& their) { return one.may_meet(their); });
    });
}

bool JsonSegment::singular() const {
    if (descendant || choices.size() != 1) return false;
    const JsonChoice& only = choices.front();
    return only.kind == JsonChoice::Kind::name || (only.kind == JsonChoice::Kind::slice && only.to == only.from + 1);
}

bool JsonSegment::singular_as_written() const { return singular() && (choices.front().kind == JsonChoice::Kind::name || choices.front().index); }

bool JsonPath::may_meet(const JsonPath& other) const {
    const auto &a = segments_, &b = other.segments_;
    const auto leaps = [](const JsonSegment& one) { return one.descendant; };
    const bool fixed_a = std::none_of(a.begin(), a.end(), leaps), fixed_b = std::none_of(b.begin(), b.end(), leaps);
    // A path leads over as many steps as it has segments, or more where it has a `..`.
    if ((fixed_a && a.size() < b.size()) || (fixed_b && b.size() < a.size())) return false;
    const auto both = std::min(a.size(), b.size());
    // From either end the steps are the same ones until there is a `..`.
    for (std::size_t i = 0; i < both && !a[i].descendant && !b[i].descendant; ++i)
        if (!a[i].may_meet(b[i])) return false;
    for (std::size_t i = 1; i <= both; ++i) {
        const JsonSegment &x = a[a.size() - i], &y = b[b.size() - i];
        if (!x.may_meet(y)) return false;
        if (x.descendant || y.descendant) break;
    }
    return true;
}

std::size_t JsonPath::record_depth(std::size_t depth) const {
    for (auto segment = segments_.rbegin(); segment != segments_.rend(); ++segment, --depth) {
        if (segment->singular()) continue;
        const bool by_name = segment->descendant && std::all_of(segment->choices.begin(), segment->choices.end(),
                                                                [](const JsonChoice& one) { return one.kind == JsonChoice::Kind::name; });
        return by_name ? depth - 1 : depth;
    }
    return 0;
}

std::vector<std::string_view> JsonPath::names_under_root() const {
    std::vector<std::string_view> names;
    if (segments_.size() != 1) return names;
    for (const auto& one : segments_.front().choices)
        if (one.kind == JsonChoice::Kind::name) names.push_back(one.name);
    return names;
}

Result<JsonPath> JsonPath::compile(std::string_view text, std::string* hint) {
    JsonPathParser parser(text);
    auto path = parser.parse();
    if (path.has_error() && hint) *hint = parser.hint();
    return path;
}

}  // namespace bordergate
