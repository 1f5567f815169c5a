// The one YAML document of a file, parsed in time bounded by its size.
#pragma once

#include <optional>
#include <string_view>

#include "config/yaml_schema.hpp"

namespace bordergate {

/// The document that is all of `text`. What is not YAML, is empty, or has a second document behind it is reported
/// with its line and column, and is nothing. Does not throw.
std::optional<YAML::Node> yaml_document(std::string_view text, Report& report);

}  // namespace bordergate
