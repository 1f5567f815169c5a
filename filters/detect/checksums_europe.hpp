// Checksums of identifiers that states in Europe give out; as checksums.hpp has them.
#pragma once

#include "filters/detect/checksums.hpp"

namespace bordergate {

/// By name, for find_checksum.
std::span<const NamedChecksum> european_checksums();
/// The Croatian personal number, the Italian and the Polish tax number: value added tax numbers are the same.
bool hr_oib(std::string_view id);
bool it_vat(std::string_view id);
bool pl_nip(std::string_view id);
/// Of value added tax numbers, by country.
bool eu_vat(std::string_view number);

}  // namespace bordergate
