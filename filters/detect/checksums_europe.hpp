// Checksums of identifiers that states in Europe give out; as checksums.hpp has them.
#pragma once

#include "filters/detect/checksums.hpp"

namespace bordergate {

/// By name, for find_checksum.
std::span<const NamedChecksum> european_checksums();
/// Of value added tax numbers, by country.
bool eu_vat(std::string_view number);

}  // namespace bordergate
