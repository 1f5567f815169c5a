// JSON Schema from the schema of the loader.
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

std::string_view pattern(Format format) {
    switch (format) {
        case Format::size: return "^[0-9]+(B|KB|MB|GB|KiB|MiB|GiB)?$";
        case Format::duration: return "^[0-9]+(us|ms|s|m|h)$";
        case Format::endpoint: return "^.+:[0-9]{1,5}$";
        case Format::secret: return "^(file|env):.+$";
        case Format::url: return "^https?://[^?#@ ]+$";
        case Format::date: return "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
        case Format::api_key: return "^([0-9a-fA-F]{64}|(file|env):.+)$";
        default: return "";
    }
}

void render(const SchemaNode& node, std::string& out);

void render_object(const SchemaNode& node, std::string& out) {
    out += ",\"type\":\"object\",\"additionalProperties\":false,\"properties\":{";
    std::string required;
    for (std::size_t i = 0; i < node.members.size(); ++i) {
        if (i > 0) out += ',';
        quote(out, node.members[i].key);
        out += ':';
        render(*node.members[i].value, out);
        if (!node.members[i].required) continue;
        if (!required.empty()) required += ',';
        quote(required, node.members[i].key);
    }
    out += '}';
    if (!required.empty()) out.append(",\"required\":[").append(required).append("]");
}

void render_text(const SchemaNode& node, std::string& out) {
    out += ",\"type\":\"string\"";
    if (!node.words.empty()) {
        out += ",\"enum\":[";
        for (std::size_t i = 0; i < node.words.size(); ++i) {
            if (i > 0) out += ',';
            quote(out, node.words[i]);
        }
        out += ']';
    } else if (const auto shape = pattern(node.format); !shape.empty()) {
        out += ",\"pattern\":";
        quote(out, shape);
    }
}

void render(const SchemaNode& node, std::string& out) {
    out += "{\"description\":";
    quote(out, node.about);
    switch (node.kind) {
        case SchemaNode::Kind::object: render_object(node, out); break;
        case SchemaNode::Kind::list:
            out += ",\"type\":\"array\",\"items\":";
            render(*node.element, out);
            break;
        case SchemaNode::Kind::map:
            out += ",\"type\":\"object\",\"additionalProperties\":";
            render(*node.element, out);
            break;
        case SchemaNode::Kind::integer:
            out += ",\"type\":\"integer\",\"minimum\":" + std::to_string(node.minimum) + ",\"maximum\":" + std::to_string(node.maximum);
            break;
        case SchemaNode::Kind::boolean: out += ",\"type\":\"boolean\""; break;
        case SchemaNode::Kind::text: render_text(node, out); break;
        case SchemaNode::Kind::one_of:
            out += ",\"anyOf\":[";
            for (std::size_t i = 0; i < node.alternatives.size(); ++i) {
                if (i > 0) out += ',';
                render(*node.alternatives[i], out);
            }
            out += ']';
            break;
    }
    out += '}';
}

}  // namespace

std::string to_json_schema(const SchemaNode& schema, std::string_view title) {
    std::string body;
    render(schema, body);
    std::string out = "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":";
    quote(out, title);
    out += ',';
    return out.append(body, 1) + "\n";
}

std::string json_schema() { return to_json_schema(config_schema(), "Bordergate configuration, version 1"); }

}  // namespace bordergate
