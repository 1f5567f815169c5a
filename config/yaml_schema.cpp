#include "config/yaml_schema.hpp"

namespace bordergate {

namespace schema {

namespace {

using Kind = SchemaNode::Kind;

SchemaNode make(Kind kind, std::string about) {
    SchemaNode node;
    node.kind = kind;
    node.about = std::move(about);
    return node;
}

Schema done(SchemaNode node) {
    return std::make_shared<const SchemaNode>(std::move(node));
}

SchemaNode with_members(std::string about, std::vector<SchemaMember> members) {
    auto node = make(Kind::object, std::move(about));
    node.members = std::move(members);
    return node;
}

SchemaNode with_element(Kind kind, std::string about, Schema element) {
    auto node = make(kind, std::move(about));
    node.element = std::move(element);
    return node;
}

SchemaNode within(SchemaNode node, long long minimum, long long maximum) {
    node.minimum = minimum;
    node.maximum = maximum;
    return node;
}

}  // namespace

Schema object(std::string about, std::vector<SchemaMember> members) {
    return done(with_members(std::move(about), std::move(members)));
}

Schema some_of(std::string about, std::vector<SchemaMember> members) {
    auto node = with_members(std::move(about), std::move(members));
    node.least = 1;
    return done(std::move(node));
}

Schema one_key_of(std::vector<std::string> keys, std::string about,
                  std::vector<SchemaMember> members) {
    auto node = with_members(std::move(about), std::move(members));
    node.exactly_one = std::move(keys);
    return done(std::move(node));
}

Schema list(std::string about, Schema element) {
    return done(with_element(Kind::list, std::move(about), std::move(element)));
}

Schema some(std::string about, Schema element) {
    auto node = with_element(Kind::list, std::move(about), std::move(element));
    node.least = 1;
    return done(std::move(node));
}

Schema unique_list(std::string about, std::string key, Schema element) {
    auto node = with_element(Kind::list, std::move(about), std::move(element));
    node.unique = std::move(key);
    return done(std::move(node));
}

Schema some_unique(std::string about, std::string key, Schema element) {
    auto node = with_element(Kind::list, std::move(about), std::move(element));
    node.unique = std::move(key);
    node.least = 1;
    return done(std::move(node));
}

Schema map(std::string about, Schema element) {
    auto node = with_element(Kind::map, std::move(about), std::move(element));
    node.format = Format::word;
    return done(std::move(node));
}

Schema map_by(Format keys, std::string about, Schema element) {
    auto node = with_element(Kind::map, std::move(about), std::move(element));
    node.format = keys;
    node.least = 1;
    return done(std::move(node));
}

Schema text(std::string about, Format format) {
    auto node = make(Kind::text, std::move(about));
    node.format = format;
    return done(std::move(node));
}

Schema words(std::string about, std::vector<std::string> words) {
    auto node = make(Kind::text, std::move(about));
    node.words = std::move(words);
    return done(std::move(node));
}

Schema integer(std::string about, long long minimum, long long maximum) {
    return done(within(make(Kind::integer, std::move(about)), minimum, maximum));
}

Schema size(std::string about, long long minimum_bytes, long long maximum_bytes) {
    auto node = make(Kind::text, std::move(about));
    node.format = Format::size;
    return done(within(std::move(node), minimum_bytes, maximum_bytes));
}

Schema duration(std::string about, long long minimum_us, long long maximum_us) {
    auto node = make(Kind::text, std::move(about));
    node.format = Format::duration;
    return done(within(std::move(node), minimum_us, maximum_us));
}

Schema boolean(std::string about) {
    return done(make(Kind::boolean, std::move(about)));
}

Schema one_of(std::string about, std::vector<Schema> alternatives) {
    auto node = make(Kind::one_of, std::move(about));
    node.alternatives = std::move(alternatives);
    return done(std::move(node));
}

SchemaMember required(std::string key, Schema value) {
    return {std::move(key), std::move(value), true};
}

SchemaMember optional(std::string key, Schema value) {
    return {std::move(key), std::move(value), false};
}

}  // namespace schema

void Report::add(const YAML::Mark& where, Diagnostic::Severity severity, std::string what,
                 std::string suggestion) {
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

void Report::file_error(const YAML::Mark& where, std::string what, std::string suggestion) {
    add(where, Diagnostic::Severity::error, std::move(what), std::move(suggestion));
    diagnostics_.back().of_file = true;
}

void Report::warning(const YAML::Mark& where, std::string what, std::string suggestion) {
    add(where, Diagnostic::Severity::warning, std::move(what), std::move(suggestion));
}

}  // namespace bordergate
