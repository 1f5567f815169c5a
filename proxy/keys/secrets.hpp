// Secrets by reference: the only way a secret enters the process.
#pragma once

#include <string>

#include "config/settings.hpp"
#include "filters/fault.hpp"

namespace bordergate {

/// The value behind `file:PATH` (less newlines at its end) or `env:NAME`. Faults (internal) name the file or
/// variable, never a value.
Result<std::string> read_secret(const SecretRef& reference);

/// A whole small file (at most 1 MiB) that only its owner may read; faults name the chmod to do.
Result<std::string> read_private_file(const std::string& path);

}  // namespace bordergate
