// FF1, the format-preserving encryption of NIST SP 800-38G (AES in a Feistel network of ten rounds over numerals).
// FF3 of the same publication is withdrawn and not here.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "filters/fault.hpp"

namespace bordergate::ff1 {

enum class Way : std::uint8_t { encrypt, decrypt };

/// Values out of fewer could be found by trying them all (SP 800-38G Rev. 1, section 5.2).
inline constexpr unsigned fewest_values = 1'000'000;
/// Our own bound: time grows with the square of the length.
inline constexpr std::size_t most_numerals = 256;

/// Whether strings of `length` numerals are enough values.
bool enough(unsigned radix, std::size_t length);

/// Enciphers or deciphers `numerals`, each below `radix` (2 to 255), in place. The key has 16, 24 or 32 bytes; `tweak`
/// is any text that both ways are given, no secret. Fault mask_unfit, and nothing done, if the strings of that
/// length are fewer than fewest_values, or longer than most_numerals; key_unavailable if the cipher fails.
Status apply(Way way, std::span<const std::uint8_t> key, unsigned radix, std::string_view tweak, std::span<std::uint8_t> numerals);

}  // namespace bordergate::ff1
