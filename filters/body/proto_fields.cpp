#include "filters/body/proto_fields.hpp"

#include <algorithm>

#include "config/yaml_formats.hpp"

namespace bordergate {

namespace {

std::vector<std::string> names_of(const ProtoMessage& type) {
    std::vector<std::string> names;
    for (const auto& field : type.fields) names.push_back(field.name);
    return names;
}

ProtoFields& below(ProtoFields& tree, std::uint32_t number) {
    const auto found = std::find_if(tree.below.begin(), tree.below.end(), [number](const auto& one) { return one.number == number; });
    if (found != tree.below.end()) return *found;
    tree.below.emplace_back().number = number;
    return tree.below.back();
}

}  // namespace

const ProtoFields* ProtoFields::at(std::uint32_t field) const {
    for (const auto& one : below)
        if (one.number == field) return &one;
    return nullptr;
}

std::optional<ProtoPath> parse_proto_path(std::string_view path) {
    const auto colon = path.find(':');
    if (!path.starts_with('/') || colon == std::string_view::npos) return std::nullopt;
    const auto call = path.substr(1, colon - 1);
    const auto slash = call.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const ProtoPath parts{call.substr(0, slash), call.substr(slash + 1), path.substr(colon + 1)};
    if (parts.service.empty() || parts.method.empty() || parts.fields.empty() || parts.method.find('/') != std::string_view::npos) return std::nullopt;
    return parts;
}

std::optional<ProtoMistake> declare_field(const ProtoMessage& type, std::string_view fields, ClassSet data, ProtoFields& tree) {
    // Made on a copy: a path that does not resolve declares nothing.
    ProtoFields made = tree;
    ProtoFields* at = &made;
    const ProtoMessage* in = &type;
    for (bool more = true; more;) {
        const auto dot = fields.find('.');
        more = dot != std::string_view::npos;
        auto name = fields.substr(0, dot);
        fields = more ? fields.substr(dot + 1) : std::string_view();
        const bool list = name.ends_with("[]");
        if (list) name.remove_suffix(2);
        if (!in) return ProtoMistake{"nothing stands below the field before " + in_quotes(name) + ": it is no message", {}};
        const bool values = name == "*" && in->role == ProtoMessage::Role::map_entry;
        const ProtoField* field = values ? in->field(2) : in->field(name);
        if (!field || (in->role == ProtoMessage::Role::map_entry && !values)) {
            if (in->role == ProtoMessage::Role::map_entry) return ProtoMistake{in_quotes(name) + " stands below a map", "* means all its values"};
            return ProtoMistake{"message " + in->name + " has no field " + in_quotes(name), suggest(name, names_of(*in))};
        }
        if (list && !field->repeated) return ProtoMistake{"field " + in_quotes(name) + " of " + in->name + " is not repeated", "write it without []"};
        at = &below(*at, field->number);
        in = field->message;
    }
    at->data |= data;
    tree = std::move(made);
    return std::nullopt;
}

}  // namespace bordergate
