// What external analysers are asked for unless the configuration says otherwise (config/packs/analysed.yaml).
#pragma once

#include <string>
#include <vector>

namespace bordergate {

struct KnownEntity {
    std::string entity;
    std::string data;        ///< its class
    bool is_default = false; ///< asked for where no entities are named
};

/// Throws std::runtime_error if that data is broken (a build fault).
const std::vector<KnownEntity>& known_entities();

}  // namespace bordergate
