#include "config/yaml_schema.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "config/yaml_formats.hpp"

namespace bordergate {

namespace {

constexpr int most_nodes = 100'000;

using Kind = SchemaNode::Kind;

SchemaNode make(Kind kind, std::string about) {
    SchemaNode node;
    node.kind = kind;
    node.about = std::move(about);
    return node;
}

bool fits(Format format, const std::string& text) {
    switch (format) {
        case Format::any: return true;
        case Format::word: return !text.empty() && text.find_first_of(" \t\r\n/\"'") == std::string::npos;
        case Format::size: return parse_size(text).has_value();
        case Format::duration: return parse_duration(text).has_value();
        case Format::endpoint: return parse_endpoint(text).has_value();
        case Format::secret: return parse_secret(text).has_value();
        case Format::network: return parse_network(text).has_value();
        case Format::url: return parse_url(text).has_value();
        case Format::date: return parse_date(text).has_value();
        case Format::api_key: return is_sha256_hex(text) || parse_secret(text).has_value();
    }
    return false;
}

std::string_view kind_name(const YAML::Node& node) {
    if (node.IsMap()) return "a map";
    if (node.IsSequence()) return "a list";
    return node.IsScalar() ? "a single value" : "empty";
}

bool has_shape(const YAML::Node& node, const SchemaNode& schema) {
    switch (schema.kind) {
        case Kind::object:
        case Kind::map: return node.IsMap();
        case Kind::list: return node.IsSequence();
        case Kind::one_of:
            return std::any_of(schema.alternatives.begin(), schema.alternatives.end(),
                               [&](const auto& one) { return has_shape(node, *one); });
        default: return node.IsScalar();
    }
}

std::string_view shape_name(const SchemaNode& schema) {
    switch (schema.kind) {
        case Kind::object:
        case Kind::map: return "a map";
        case Kind::list: return "a list";
        case Kind::integer: return "a number";
        case Kind::boolean: return "true or false";
        default: return "a single value";
    }
}

class Checker {
  public:
    explicit Checker(Report& report) : report_(report) {}

    void check(const YAML::Node& node, const SchemaNode& schema) {
        if (++visited_ > most_nodes) {
            if (visited_ == most_nodes + 1) report_.error(node.Mark(), "the file has more than 100,000 values, aliases counted each time");
            return;
        }
        if (!has_shape(node, schema)) return wrong_shape(node, schema);
        switch (schema.kind) {
            case Kind::object: return object(node, schema);
            case Kind::map:
                unique_keys(node);
                for (const auto& entry : node) check(entry.second, *schema.element);
                return;
            case Kind::list:
                for (const auto& element : node) check(element, *schema.element);
                return;
            case Kind::one_of:
                for (const auto& one : schema.alternatives)
                    if (has_shape(node, *one)) return check(node, *one);
                return;
            default: return scalar(node, schema);
        }
    }

  private:
    void wrong_shape(const YAML::Node& node, const SchemaNode& schema) {
        std::string wanted(shape_name(schema));
        if (schema.kind == Kind::one_of) {
            wanted.clear();
            for (const auto& one : schema.alternatives) (wanted += wanted.empty() ? "" : " or ") += shape_name(*one);
        }
        report_.error(node.Mark(), "expected " + wanted + ", found " + std::string(kind_name(node)), schema.about);
    }

    std::set<std::string> unique_keys(const YAML::Node& node) {
        std::set<std::string> keys;
        for (const auto& entry : node) {
            if (!entry.first.IsScalar()) {
                report_.error(entry.first.Mark(), "a key must be a word");
                continue;
            }
            if (!keys.insert(entry.first.Scalar()).second)
                report_.error(entry.first.Mark(), "\"" + entry.first.Scalar() + "\" is given twice");
        }
        return keys;
    }

    void object(const YAML::Node& node, const SchemaNode& schema) {
        const auto keys = unique_keys(node);
        std::vector<std::string_view> known;
        for (const auto& member : schema.members) known.push_back(member.key);
        for (const auto& entry : node) {
            if (!entry.first.IsScalar()) continue;
            const auto& key = entry.first.Scalar();
            const auto member = std::find_if(schema.members.begin(), schema.members.end(), [&](const auto& one) { return one.key == key; });
            if (member == schema.members.end())
                report_.error(entry.first.Mark(), "unknown key \"" + key + "\"", suggest(key, known));
            else
                check(entry.second, *member->value);
        }
        for (const auto& member : schema.members)
            if (member.required && !keys.contains(member.key))
                report_.error(node.Mark(), "\"" + member.key + "\" is missing", member.value->about);
    }

    void scalar(const YAML::Node& node, const SchemaNode& schema) {
        const std::string& text = node.Scalar();
        if (schema.kind == Kind::boolean) {
            if (text != "true" && text != "false") report_.error(node.Mark(), "expected true or false, found \"" + text + "\"");
        } else if (schema.kind == Kind::integer) {
            long long value = 0;
            const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
            if (error != std::errc{} || stop != text.data() + text.size() || value < schema.minimum || value > schema.maximum)
                report_.error(node.Mark(), "expected a number from " + std::to_string(schema.minimum) + " to " +
                                               std::to_string(schema.maximum) + ", found \"" + text + "\"");
        } else if (!schema.words.empty()) {
            if (std::find(schema.words.begin(), schema.words.end(), text) == schema.words.end())
                report_.error(node.Mark(), "\"" + text + "\" is not one of the words allowed here",
                              suggest(text, {schema.words.begin(), schema.words.end()}));
        } else if (!fits(schema.format, text)) {
            // What should have been a reference may be the secret itself: it is not repeated.
            const bool secret = schema.format == Format::secret || schema.format == Format::api_key;
            report_.error(node.Mark(), (secret ? "this" : "\"" + text + "\"") + " is not " + std::string(describe(schema.format)));
        }
    }

    Report& report_;
    int visited_ = 0;
};

}  // namespace

namespace schema {

Schema object(std::string about, std::vector<SchemaMember> members) {
    auto node = make(Kind::object, std::move(about));
    node.members = std::move(members);
    return std::make_shared<SchemaNode>(std::move(node));
}
Schema list(std::string about, Schema element) {
    auto node = make(Kind::list, std::move(about));
    node.element = std::move(element);
    return std::make_shared<SchemaNode>(std::move(node));
}
Schema map(std::string about, Schema element) {
    auto node = make(Kind::map, std::move(about));
    node.element = std::move(element);
    return std::make_shared<SchemaNode>(std::move(node));
}
Schema text(std::string about, Format format) {
    auto node = make(Kind::text, std::move(about));
    node.format = format;
    return std::make_shared<SchemaNode>(std::move(node));
}
Schema words(std::string about, std::vector<std::string> words) {
    auto node = make(Kind::text, std::move(about));
    node.words = std::move(words);
    return std::make_shared<SchemaNode>(std::move(node));
}
Schema integer(std::string about, long long minimum, long long maximum) {
    auto node = make(Kind::integer, std::move(about));
    node.minimum = minimum;
    node.maximum = maximum;
    return std::make_shared<SchemaNode>(std::move(node));
}
Schema boolean(std::string about) { return std::make_shared<SchemaNode>(make(Kind::boolean, std::move(about))); }
Schema one_of(std::string about, std::vector<Schema> alternatives) {
    auto node = make(Kind::one_of, std::move(about));
    node.alternatives = std::move(alternatives);
    return std::make_shared<SchemaNode>(std::move(node));
}
SchemaMember required(std::string key, Schema value) { return {std::move(key), std::move(value), true}; }
SchemaMember optional(std::string key, Schema value) { return {std::move(key), std::move(value), false}; }

}  // namespace schema

void Report::add(const YAML::Mark& where, Diagnostic::Severity severity, std::string what, std::string suggestion) {
    Diagnostic one;
    one.file = file_;
    if (!where.is_null()) {
        one.line = where.line + 1;
        one.column = where.column + 1;
    }
    one.severity = severity;
    one.what = std::move(what);
    one.suggestion = std::move(suggestion);
    diagnostics_.push_back(std::move(one));
}

void Report::error(const YAML::Mark& where, std::string what, std::string suggestion) {
    add(where, Diagnostic::Severity::error, std::move(what), std::move(suggestion));
}

void Report::warning(const YAML::Mark& where, std::string what, std::string suggestion) {
    add(where, Diagnostic::Severity::warning, std::move(what), std::move(suggestion));
}

std::string suggest(std::string_view word, const std::vector<std::string_view>& words) {
    const auto nearest = nearest_word(word, words);
    if (!nearest.empty()) return "did you mean \"" + std::string(nearest) + "\"?";
    if (words.empty() || words.size() > 16) return {};
    std::string text = "allowed here:";
    for (auto one : words) text.append(" ").append(one);
    return text;
}

void check(const YAML::Node& node, const SchemaNode& schema, Report& report) { Checker(report).check(node, schema); }

std::string_view describe(Format format) {
    switch (format) {
        case Format::any: return "text";
        case Format::word: return "one word without spaces, slashes or quotes";
        case Format::size: return "a size such as 64KiB or 8MiB";
        case Format::duration: return "a duration such as 2ms, 75s or 5m";
        case Format::endpoint: return "an address and port such as 127.0.0.1:8080";
        case Format::secret: return "a reference to a secret: file:PATH or env:NAME; secrets never stand in this file";
        case Format::network: return "a network such as 10.0.0.0/8";
        case Format::url: return "a URL such as https://api.example.com";
        case Format::date: return "a date such as 2026-11-24";
        case Format::api_key: return "the SHA-256 of a key as 64 hex digits, or file:PATH or env:NAME of it";
    }
    return "text";
}

}  // namespace bordergate
