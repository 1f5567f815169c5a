// `bordergate keys`: the key rings in files.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>

namespace bordergate {

/// Makes the next sealing key of `jurisdiction`, and its masking secret if it has none.
int keys_create_command(const std::filesystem::path& directory, const std::string& jurisdiction, std::ostream& out, std::ostream& errors);
/// Lists rings and key ids, never a secret.
int keys_list_command(const std::filesystem::path& directory, bool json, std::ostream& out, std::ostream& errors);

}  // namespace bordergate
