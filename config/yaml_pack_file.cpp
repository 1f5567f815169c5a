#include "config/yaml_pack_file.hpp"

#include <stdexcept>

#include "config/embedded.hpp"

namespace bordergate {

void broken(const std::string& file, const std::string& what) { throw std::runtime_error("built-in " + file + ": " + what); }

YAML::Node read_pack(const std::string& name) {
    for (const auto& file : embedded_packs())
        if (file.name == name) return YAML::Load(std::string(file.text));
    broken(name, "is not there");
}

}  // namespace bordergate
