// From a YAML file to a snapshot, or to all of its mistakes at once.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "config/diagnostic.hpp"
#include "config/settings.hpp"

namespace bordergate {

/// A snapshot, or none if `diagnostics` has errors. Warnings may accompany a snapshot.
struct Loaded {
    SnapshotPtr snapshot;
    Diagnostics diagnostics;
};

/// Reads, checks and resolves `file`. Never throws for what the file says; unknown keys are errors.
Loaded load(const std::filesystem::path& file);

/// The same for text that does not stand in a file (tests, stdin); relative paths resolve against `folder`.
Loaded load_text(std::string_view text, const std::string& name, const std::filesystem::path& folder);

/// JSON Schema (2020-12) of the configuration file, from the same tables the loader checks by.
std::string json_schema();

}  // namespace bordergate
