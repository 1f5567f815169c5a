// `bordergate audit`: reading the log of a directory.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>

namespace bordergate {

/// Prints the records of one attempt, for a person or as NDJSON. exit_negative if there are none,
/// exit_io if the folder cannot be read.
int audit_show_command(const std::filesystem::path& directory, const std::string& attempt, bool json, std::ostream& out, std::ostream& errors);
/// Prints the last `count` records. exit_io if the folder cannot be read.
int audit_tail_command(const std::filesystem::path& directory, std::size_t count, bool json, std::ostream& out, std::ostream& errors);

}  // namespace bordergate
