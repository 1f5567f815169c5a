// Checksums of identifiers, in one place. Digits are ASCII; anything else in the input fails.
#pragma once

#include <string_view>

namespace bordergate {

/// Luhn (ISO/IEC 7812-1, annex B) over 2 or more digits.
bool luhn(std::string_view digits);

/// Mod 97-10 (ISO/IEC 7064) of an IBAN in electronic format, country code first (ISO 13616).
bool iban_mod97(std::string_view iban);

}  // namespace bordergate
