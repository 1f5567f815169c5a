// Secrets by reference, as the configuration names them.
#pragma once

#include <cstdint>
#include <string>

namespace bordergate {

/// A secret by reference: `file:PATH` or `env:NAME`. The value itself is read at start by the proxy and
/// is never part of a snapshot, an error or a log.
struct SecretRef {
    enum class Kind : std::uint8_t { file, env };
    Kind kind = Kind::file;
    std::string where;  ///< path (absolute, or resolved against the config file's folder), or variable
    bool operator==(const SecretRef&) const = default;
};

}  // namespace bordergate
