// Checksums of identifiers of the Americas; as checksums.hpp has them.
#pragma once

#include "filters/detect/checksums.hpp"

namespace bordergate {

/// By name, for find_checksum.
std::span<const NamedChecksum> american_checksums();

}  // namespace bordergate
