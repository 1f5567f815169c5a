// The checksums that a recogniser may name. What they compute is in filters/detect/checksums.hpp.
#pragma once

#include <array>
#include <string_view>

namespace bordergate {

inline constexpr auto checksum_names = std::to_array<std::string_view>({
    "de_tax_id",
    "iban",
    "luhn",
    "us_ssn",
});

}  // namespace bordergate
