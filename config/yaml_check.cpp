// Checks YAML against a schema: every mistake, each where it stands, and what is unsound taken out.
#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>

#include "config/yaml_schema.hpp"

namespace bordergate {

namespace {

constexpr int most_nodes = 100'000;
constexpr std::size_t longest_key = 60;  // that could be a misspelt one

using Kind = SchemaNode::Kind;

std::string_view kind_name(const YAML::Node& node) {
    if (node.IsMap()) return "a map";
    if (node.IsSequence()) return "a list";
    return node.IsScalar() ? "a single value" : "nothing";
}

bool has_shape(const YAML::Node& node, const SchemaNode& schema) {
    switch (schema.kind) {
        case Kind::object:
        case Kind::map:
            return node.IsMap();
        case Kind::list:
            return node.IsSequence();
        case Kind::one_of:
            return std::any_of(schema.alternatives.begin(), schema.alternatives.end(),
                               [&](const auto& one) { return has_shape(node, *one); });
        default:
            return node.IsScalar();
    }
}

std::string shape_name(const SchemaNode& schema) {
    switch (schema.kind) {
        case Kind::object:
        case Kind::map:
            return "a map";
        case Kind::list:
            return "a list";
        case Kind::integer:
            return "a number";
        case Kind::boolean:
            return "true or false";
        case Kind::one_of:
            break;
        default:
            return "a single value";
    }
    std::string all;
    for (const auto& one : schema.alternatives)
        (all += all.empty() ? "" : " or ") += shape_name(*one);
    return all;
}

/// A bound in the unit that a person would write: `64KiB`, `10ms`.
std::string in_units(Format format, long long value) {
    using Unit = std::pair<const char*, long long>;
    static constexpr std::array<Unit, 5> sizes{
        {{"TiB", 1LL << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}}};
    static constexpr std::array<Unit, 5> times{
        {{"h", 3'600'000'000}, {"m", 60'000'000}, {"s", 1'000'000}, {"ms", 1000}, {"us", 1}}};
    for (const auto& [unit, factor] : format == Format::size ? sizes : times)
        if (value % factor == 0 && value >= factor) return std::to_string(value / factor) + unit;
    return format == Format::size ? "0" : "0s";
}

class Checker {
  public:
    Checker(const Vocabulary& vocabulary, Report& report)
        : vocabulary_(vocabulary), report_(report) {}

    /// False if `node` cannot be used for what the schema wants.
    bool check(YAML::Node node, const SchemaNode& schema) {
        if (++visited_ > most_nodes) {
            if (visited_ == most_nodes + 1)
                report_.error(node.Mark(),
                              "the file has more than 100,000 values, aliases counted each time");
            return false;
        }
        if (!has_shape(node, schema)) {
            report_.error(
                node.Mark(),
                "expected " + shape_name(schema) + ", found " + std::string(kind_name(node)),
                schema.about);
            return false;
        }
        switch (schema.kind) {
            case Kind::object:
                return object(node, schema);
            case Kind::map:
                return map(node, schema);
            case Kind::list:
                return list(node, schema);
            case Kind::integer:
                return integer(node, schema);
            case Kind::boolean:
                return boolean(node);
            case Kind::text:
                return text(node, schema);
            case Kind::one_of:
                break;
        }
        const auto meant = std::find_if(schema.alternatives.begin(), schema.alternatives.end(),
                                        [&](const auto& one) { return has_shape(node, *one); });
        return check(node, **meant);
    }

    /// The whole file: an unsound section goes, the others stay.
    void root(YAML::Node node, const SchemaNode& schema) {
        if (!has_shape(node, schema)) {
            report_.error(node.Mark(), "the file is not a map", "it starts with version: 1");
            return;
        }
        for (const auto& key : members(node, schema)) unsound_members_.emplace_back(node, key);
        take_out();
    }

  private:
    /// Only now: an alias may stand inside what it names, and its map is still being walked.
    void take_out() {
        for (auto& [node, key] : unsound_members_)
            while (node.remove(key)) {
            }
        for (auto& [position, list] : unsound_elements_)
            for (auto index = list.second.rbegin(); index != list.second.rend(); ++index)
                list.first.remove(*index);
    }

    /// Checks the members and returns the keys of those that cannot be used.
    std::vector<std::string> members(const YAML::Node& node, const SchemaNode& schema) {
        std::vector<std::string> unsound, known;
        std::vector<std::string_view> missing;
        const auto keys = keys_of(node);
        for (const auto& member : schema.members) {
            known.push_back(member.key);
            if (!keys.contains(member.key)) missing.push_back(member.key);
        }
        std::set<std::string_view> misspelt;  // said once, where the wrong word stands
        for (const auto& entry : node) {
            if (!entry.first.IsScalar()) continue;
            const auto& key = entry.first.Scalar();
            const auto member = std::find_if(schema.members.begin(), schema.members.end(),
                                             [&key](const auto& one) { return one.key == key; });
            if (member != schema.members.end()) {
                if (!check(entry.second, *member->value)) unsound.push_back(key);
                continue;
            }
            report_.error(entry.first.Mark(), "unknown key " + in_quotes(key), suggest(key, known));
            if (key.size() <= longest_key) misspelt.insert(nearest_word(key, missing));
        }
        for (const auto& member : schema.members)
            if (member.required && !keys.contains(member.key) && !misspelt.contains(member.key))
                report_.error(node.Mark(), in_quotes(member.key) + " is missing",
                              member.value->about);
        return unsound;
    }

    bool object(YAML::Node node, const SchemaNode& schema) {
        if (node.size() < schema.least) {
            report_.error(node.Mark(), "this is empty", schema.about);
            return false;
        }
        const auto unsound = members(node, schema);
        bool usable = exactly_one(node, schema);
        for (const auto& member : schema.members) {
            const bool bad = std::find(unsound.begin(), unsound.end(), member.key) != unsound.end();
            if (bad) unsound_members_.emplace_back(node, member.key);
            if (member.required && (bad || !given(node, member.key))) usable = false;
        }
        return usable;
    }

    static bool given(const YAML::Node& node, const std::string& key) {
        return static_cast<bool>(node[key]);
    }

    bool exactly_one(const YAML::Node& node, const SchemaNode& schema) {
        if (schema.exactly_one.empty()) return true;
        std::string keys;
        std::ptrdiff_t count = 0;
        for (const auto& key : schema.exactly_one) {
            (keys += keys.empty() ? "" : " or ") += in_quotes(key);
            if (given(node, key)) ++count;
        }
        if (count == 1) return true;
        report_.error(node.Mark(),
                      count == 0 ? keys + " is missing" : "only one of " + keys + " may be given",
                      schema.about);
        return false;
    }

    bool map(YAML::Node node, const SchemaNode& schema) {
        if (node.size() < schema.least) {
            report_.error(node.Mark(), "this is empty", schema.about);
            return false;
        }
        keys_of(node);
        for (const auto& entry : node) {
            if (!entry.first.IsScalar()) continue;
            const auto& key = entry.first.Scalar();
            const auto wrong = misfit(schema.format, key, vocabulary_);
            if (wrong) report_.error(entry.first.Mark(), wrong->what, wrong->suggestion);
            if (!check(entry.second, *schema.element) || wrong)
                unsound_members_.emplace_back(node, key);
        }
        return true;
    }

    bool list(YAML::Node node, const SchemaNode& schema) {
        if (node.size() < schema.least) {
            report_.error(node.Mark(), "this list is empty", schema.about);
            return false;
        }
        if (!schema.unique.empty()) unique(node, schema.unique);
        std::size_t index = 0;
        for (const auto& element : node) {
            if (!check(element, *schema.element)) {
                auto& unsound = unsound_elements_[node.Mark().pos];
                unsound.first.reset(node);
                unsound.second.insert(index);
            }
            ++index;
        }
        return true;
    }

    /// Reports a value of `key` that an earlier element has too.
    void unique(const YAML::Node& list, const std::string& key) {
        std::map<std::string, int> lines;
        for (const auto& item : list) {
            const YAML::Node element = item;
            if (!element.IsMap()) continue;
            const auto id = element[key];
            if (!id || !id.IsScalar()) continue;
            const auto [first, fresh] = lines.emplace(id.Scalar(), id.Mark().line + 1);
            if (!fresh)
                report_.error(id.Mark(), in_quotes(id.Scalar()) + " is used twice",
                              "it stands on line " + std::to_string(first->second) + " too");
        }
    }

    /// The keys of a map; reports those given twice, of which YAML would silently keep one.
    std::map<std::string, int> keys_of(const YAML::Node& node) {
        std::map<std::string, int> keys;
        for (const auto& entry : node) {
            if (!entry.first.IsScalar()) {
                report_.error(entry.first.Mark(), "a key must be a word");
                continue;
            }
            const auto [first, fresh] =
                keys.emplace(entry.first.Scalar(), entry.first.Mark().line + 1);
            if (!fresh)
                report_.error(entry.first.Mark(),
                              in_quotes(entry.first.Scalar()) + " is given twice",
                              "it stands on line " + std::to_string(first->second) + " too");
        }
        return keys;
    }

    bool boolean(const YAML::Node& node) {
        const auto& text = node.Scalar();
        if (text == "true" || text == "false") return true;
        report_.error(node.Mark(), "expected true or false, found " + in_quotes(text));
        return false;
    }

    bool integer(const YAML::Node& node, const SchemaNode& schema) {
        const auto& text = node.Scalar();
        const auto* end = text.data() + text.size();
        long long value = 0;
        const auto [stop, error] = std::from_chars(text.data(), end, value);
        if (error == std::errc{} && stop == end && value >= schema.minimum &&
            value <= schema.maximum)
            return true;
        report_.error(node.Mark(), "expected a number from " + std::to_string(schema.minimum) +
                                       " to " + std::to_string(schema.maximum) + ", found " +
                                       in_quotes(text));
        return false;
    }

    bool text(const YAML::Node& node, const SchemaNode& schema) {
        const auto& text = node.Scalar();
        if (!schema.words.empty()) {
            if (std::find(schema.words.begin(), schema.words.end(), text) != schema.words.end())
                return true;
            report_.error(node.Mark(), in_quotes(text) + " is not one of the words allowed here",
                          suggest(text, schema.words));
            return false;
        }
        if (const auto wrong = misfit(schema.format, text, vocabulary_)) {
            report_.error(node.Mark(), wrong->what, wrong->suggestion);
            return false;
        }
        return schema.maximum == 0 || in_range(node, schema);
    }

    bool in_range(const YAML::Node& node, const SchemaNode& schema) {
        const long long value = schema.format == Format::size
                                    ? static_cast<long long>(*parse_size(node.Scalar()))
                                    : parse_duration(node.Scalar())->count();
        if (value >= schema.minimum && value <= schema.maximum) return true;
        report_.error(node.Mark(), "expected " + in_units(schema.format, schema.minimum) + " to " +
                                       in_units(schema.format, schema.maximum) + ", found " +
                                       in_quotes(node.Scalar()));
        return false;
    }

    const Vocabulary& vocabulary_;
    Report& report_;
    int visited_ = 0;
    std::vector<std::pair<YAML::Node, std::string>> unsound_members_;
    std::map<int, std::pair<YAML::Node, std::set<std::size_t>>>
        unsound_elements_;  // by place in the file
};

}  // namespace

void check(YAML::Node root, const SchemaNode& schema, const Vocabulary& vocabulary,
           Report& report) {
    Checker(vocabulary, report).root(std::move(root), schema);
}

}  // namespace bordergate
