// `bordergate check`, `schema`: what a configuration file says, before anything starts.
#pragma once

#include <filesystem>
#include <iosfwd>

namespace bordergate {

/// Prints every mistake of `file`, or a summary. Returns exit_ok or exit_config_invalid.
int check_command(const std::filesystem::path& file, bool json, std::ostream& out);

/// Prints the JSON Schema of the configuration file, for editors.
int schema_command(std::ostream& out);

}  // namespace bordergate
