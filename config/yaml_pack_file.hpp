// The packs that are compiled in, as YAML. They are part of the program, so a mistake in them is a fault of the build.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>

namespace bordergate {

/// Throws std::runtime_error that names the file and what is wrong with it.
[[noreturn]] void broken(const std::string& file, const std::string& what);

/// The whole of config/packs/`name`. Throws if it is not there.
YAML::Node read_pack(const std::string& name);

}  // namespace bordergate
