// The schema of `with:`: mask operators and their parameters.
#pragma once

#include "config/yaml_schema.hpp"

namespace bordergate {

/// An operator by its name or with its parameters, and other operators for some entities or at some places.
Schema mask_schema();

}  // namespace bordergate
