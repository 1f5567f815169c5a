// Reads the recognisers that are compiled in.
#include <algorithm>

#include "config/embedded.hpp"
#include "config/recogniser_spec.hpp"
#include "config/yaml_pack_file.hpp"

namespace bordergate {

namespace {

std::vector<std::string> texts(const YAML::Node& node) {
    if (node.IsScalar()) return {node.Scalar()};
    std::vector<std::string> made;
    for (const auto& one : node) made.push_back(one.Scalar());
    return made;
}

RecogniserSpec read_recogniser(const std::string& file, const std::string& entity, const YAML::Node& node) {
    constexpr float percent = 0.01F;
    RecogniserSpec spec;
    spec.entity = entity;
    for (const auto& pair : node) {
        const std::string key = pair.first.Scalar();
        const YAML::Node& value = pair.second;
        if (key == "title") spec.title = value.Scalar();
        else if (key == "country") spec.country = value.Scalar();
        else if (key == "data") spec.data = value.Scalar();
        else if (key == "enabled") spec.enabled = value.as<bool>();
        else if (key == "method") spec.method = value.Scalar();
        else if (key == "patterns") spec.patterns = texts(value);
        else if (key == "checksum") spec.checksum = value.Scalar();
        else if (key == "context") spec.context = texts(value);
        else if (key == "alone") spec.alone = value.as<float>() * percent;
        else if (key == "near") spec.near = value.as<float>() * percent;
        else if (key != "source") broken(file, entity + " has an unknown key " + key);
    }
    if (spec.title.empty() || spec.data.empty() || !node["source"]) broken(file, entity + " lacks a title, a class or a source");
    if (spec.method.empty() == spec.patterns.empty()) broken(file, entity + " needs a method or patterns");
    return spec;
}

}  // namespace

const std::vector<RecogniserSpec>& builtin_recognisers() {
    static const auto all = [] {
        std::vector<RecogniserSpec> made;
        for (const auto& file : embedded_packs()) {
            if (!file.name.starts_with("recognisers")) continue;
            const std::string name(file.name);
            for (const auto& pair : read_pack(name)["recognisers"]) {
                auto spec = read_recogniser(name, pair.first.Scalar(), pair.second);
                if (std::any_of(made.begin(), made.end(), [&](const auto& one) { return one.entity == spec.entity; })) broken(name, spec.entity + " stands there twice");
                made.push_back(std::move(spec));
            }
        }
        return made;
    }();
    return all;
}

const RecogniserSpec* find_builtin_recogniser(std::string_view entity) {
    const auto& all = builtin_recognisers();
    const auto found = std::find_if(all.begin(), all.end(), [entity](const auto& one) { return one.entity == entity; });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace bordergate
