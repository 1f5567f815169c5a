// The part of the schema that says how requests to a destination are signed.
#pragma once

#include "config/yaml_schema.hpp"

namespace bordergate {

/// `sign` of a destination.
Schema signing_schema();

}  // namespace bordergate
