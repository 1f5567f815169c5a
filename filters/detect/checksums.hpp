// Checksums of identifiers, in one place. Each takes an identifier without separators, letters in upper case, and says
// whether it is sound: its length, what its parts may be, and its check digits. Anything else in the input fails. Those of
// tokens take the token as it stands.
#pragma once

#include <span>
#include <string_view>

namespace bordergate {

using Checksum = bool (*)(std::string_view);

struct NamedChecksum {
    std::string_view name;  ///< as config/checksum_names.hpp has it
    Checksum holds = nullptr;
    bool verbatim = false;  ///< takes what is checked as it stands, since the case of its letters counts
};

/// The one of that name of config/checksum_names.hpp; null: there is none.
Checksum find_checksum(std::string_view name);
/// Whether that one takes what it checks as it stands.
bool takes_verbatim(std::string_view name);

/// A token of GitHub: the base62 of a CRC-32 at its end, in those that have it.
bool github_token(std::string_view token);

/// An address of Bitcoin (base58check; bech32 and bech32m, BIP 173 and 350) or Ethereum (its form only).
bool crypto_address(std::string_view address);

/// Luhn (ISO/IEC 7812-1, annex B) over 2 or more digits.
bool luhn(std::string_view digits);

/// Mod 97-10 (ISO/IEC 7064) of an IBAN in electronic format, country code first (ISO 13616).
bool iban_mod97(std::string_view iban);

}  // namespace bordergate
