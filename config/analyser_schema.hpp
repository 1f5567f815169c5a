// The shape of `analysers`: services that find names and places in texts.
#pragma once

#include "config/yaml_schema.hpp"

namespace bordergate {

/// One of them. `standing` and `credential` are described as everywhere else.
Schema analyser_schema(const Schema& standing, const Schema& credential);

}  // namespace bordergate
