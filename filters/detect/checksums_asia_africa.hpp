// Checksums of identifiers of Asia, the Pacific and Africa; as checksums.hpp has them.
#pragma once

#include "filters/detect/checksums.hpp"

namespace bordergate {

/// By name, for find_checksum.
std::span<const NamedChecksum> asian_and_african_checksums();

}  // namespace bordergate
