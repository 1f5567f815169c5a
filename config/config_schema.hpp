// The configuration file, described once (version 1).
#pragma once

#include "config/yaml_schema.hpp"

namespace bordergate {

/// The schema of the whole file.
const SchemaNode& config_schema();

}  // namespace bordergate
