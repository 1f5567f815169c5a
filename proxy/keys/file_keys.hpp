// Keys in files, the default provider. A folder per jurisdiction (`DE/`, mode 0700) with JWK files (RFC 7517,
// mode 0600): `seal.N.jwk` (oct, A256KW; or EC P-256, ECDH-ES+A256KW, with or without the private half) and
// `masking.jwk` (oct, 64 bytes) for labels, hashes and deterministic tokens. The greatest N seals.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "filters/seal/key_ring.hpp"

namespace bordergate {


/// Reads every ring below `directory`. Faults (key_unavailable) name the file and what is wrong with it.
Result<KeyRings> load_key_rings(const std::filesystem::path& directory);

/// Makes the folder of `jurisdiction` if it is missing, a masking secret if it has none, and the next version
/// of its sealing key. Returns the files made. Nothing is ever overwritten.
Result<std::vector<std::filesystem::path>> create_keys(const std::filesystem::path& directory, const std::string& jurisdiction);

}  // namespace bordergate
