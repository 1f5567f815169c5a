// The country codes of telephone numbers (ITU-T E.164).
#pragma once

#include <cstddef>
#include <string_view>

namespace bordergate {

/// Whether a number of so many digits, country code included, that begins with `leading` (3 digits of it are enough) has a
/// code that is assigned and as many digits as numbers there have.
bool may_be_dialled(std::string_view leading, std::size_t digits);

}  // namespace bordergate
