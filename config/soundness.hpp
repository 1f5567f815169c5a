// What only the whole configuration can show, once each part of it is sound: rules that contradict
// each other or can never match, data that may not stand at this node, routes that nobody reaches.
#pragma once

#include <cstdint>

#include "config/settings.hpp"
#include "config/yaml_schema.hpp"

namespace bordergate {

/// Reports errors and warnings about `snapshot`, which was read from `root`, as of `now` (seconds
/// since the epoch).
void check_soundness(const Snapshot& snapshot, const YAML::Node& root, std::int64_t now,
                     Report& report);

}  // namespace bordergate
