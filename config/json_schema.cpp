// JSON Schema (2020-12) from the schema of the loader. What YAML reads from text (a size such as
// 1024) an editor sees as a number, so both are allowed there.
#include "config/config_schema.hpp"
#include "config/loader.hpp"

namespace bordergate {

namespace {

void quote(std::string& out, std::string_view text) {
    out += '"';
    for (char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

template <class List, class Write>
void join(std::string& out, const List& list, Write&& write) {
    bool first = true;
    for (const auto& one : list) {
        if (!first) out += ',';
        first = false;
        write(one);
    }
}

void render(const SchemaNode& node, std::string& out);

void render_object(const SchemaNode& node, std::string& out) {
    out += R"(,"type":"object","additionalProperties":false,"properties":{)";
    join(out, node.members, [&](const auto& member) {
        quote(out, member.key);
        out += ':';
        render(*member.value, out);
    });
    out += R"(},"required":[)";
    std::vector<std::string> keys;
    for (const auto& member : node.members)
        if (member.required) keys.push_back(member.key);
    join(out, keys, [&](const auto& key) { quote(out, key); });
    out += ']';
    if (node.least > 0) out += R"(,"minProperties":)" + std::to_string(node.least);
    if (node.exactly_one.empty()) return;
    out += R"(,"oneOf":[)";
    join(out, node.exactly_one, [&](const auto& key) {
        out += R"({"required":[)";
        quote(out, key);
        out += "]}";
    });
    out += ']';
}

void render_text(const SchemaNode& node, std::string& out) {
    const bool number = node.format == Format::size;
    out += number ? R"(,"type":["string","integer"])" : R"(,"type":"string")";
    if (!node.words.empty()) {
        out += R"(,"enum":[)";
        join(out, node.words, [&](const auto& word) { quote(out, word); });
        out += ']';
    } else if (const auto shape = pattern(node.format); !shape.empty()) {
        out += R"(,"pattern":)";
        quote(out, shape);
    }
}

void render(const SchemaNode& node, std::string& out) {
    out += R"({"description":)";
    quote(out, node.about);
    switch (node.kind) {
        case SchemaNode::Kind::object:
            render_object(node, out);
            break;
        case SchemaNode::Kind::list:
            out += R"(,"type":"array","items":)";
            render(*node.element, out);
            if (node.least > 0) out += R"(,"minItems":)" + std::to_string(node.least);
            break;
        case SchemaNode::Kind::map:
            out += R"(,"type":"object","additionalProperties":)";
            render(*node.element, out);
            if (node.least > 0) out += R"(,"minProperties":)" + std::to_string(node.least);
            break;
        case SchemaNode::Kind::integer:
            out += R"(,"type":"integer","minimum":)" + std::to_string(node.minimum) +
                   R"(,"maximum":)" + std::to_string(node.maximum);
            break;
        case SchemaNode::Kind::boolean:
            out += R"(,"type":"boolean")";
            break;
        case SchemaNode::Kind::text:
            render_text(node, out);
            break;
        case SchemaNode::Kind::one_of:
            out += R"(,"anyOf":[)";
            join(out, node.alternatives, [&](const auto& one) { render(*one, out); });
            out += ']';
            break;
    }
    out += '}';
}

}  // namespace

std::string to_json_schema(const SchemaNode& schema, std::string_view title) {
    std::string body;
    render(schema, body);
    std::string out = R"({"$schema":"https://json-schema.org/draft/2020-12/schema","title":)";
    quote(out, title);
    out += ',';
    return out.append(body, 1) + "\n";
}

std::string json_schema() {
    return to_json_schema(config_schema(), "Bordergate configuration, version 1");
}

}  // namespace bordergate
