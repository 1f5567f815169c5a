// The part of the schema that speaks of connections to destinations: pools, health, retries, names.
#pragma once

#include <vector>

#include "config/yaml_schema.hpp"

namespace bordergate {

/// The keys of a destination that say who it is, and after them those that say how it is reached.
std::vector<SchemaMember> with_upstream_members(std::vector<SchemaMember> members);
/// The top-level section `dns`.
Schema dns_schema();

}  // namespace bordergate
