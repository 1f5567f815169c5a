// Reads what is compiled in about the entities of analysers.
#include "config/analysed_entities.hpp"
#include "config/yaml_pack_file.hpp"

namespace bordergate {

const std::vector<KnownEntity>& known_entities() {
    static const auto all = [] {
        const std::string file = "analysed.yaml";
        std::vector<KnownEntity> made;
        for (const auto& pair : read_pack(file)["entities"]) {
            KnownEntity one;
            one.entity = pair.first.Scalar();
            const YAML::Node& said = pair.second;
            if (!said["data"]) broken(file, one.entity + " has no class");
            one.data = said["data"].Scalar();
            one.is_default = said["default"] && said["default"].as<bool>();
            made.push_back(std::move(one));
        }
        if (made.empty()) broken(file, "it names no entity");
        return made;
    }();
    return all;
}

}  // namespace bordergate
