// Texts that parts of a run stand for: a run of base64 or hex whose ends are something else, since letters and digits touch.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace bordergate {

inline constexpr std::uint8_t no_base64_digit = 0xff;

/// Of both alphabets of RFC 4648.
inline constexpr std::array<std::uint8_t, 256> base64_digits = [] {
    std::array<std::uint8_t, 256> digits{};
    digits.fill(no_base64_digit);
    for (unsigned i = 0; i < 26; ++i) {
        digits['A' + i] = static_cast<std::uint8_t>(i);
        digits['a' + i] = static_cast<std::uint8_t>(26 + i);
    }
    for (unsigned i = 0; i < 10; ++i) digits['0' + i] = static_cast<std::uint8_t>(52 + i);
    digits['+'] = digits['-'] = 62;
    digits['/'] = digits['_'] = 63;
    return digits;
}();
constexpr std::uint8_t base64_digit(char c) { return base64_digits[static_cast<unsigned char>(c)]; }

/// Appends to `parts`, a line each, what is text of at least shortest_part bytes in what `run` stands for, from whichever of
/// its characters on it is read; `run` is of the alphabet of base64 and one line. Linear.
void find_encoded_parts(std::string_view run, std::string& parts);

/// As many bytes as the shortest run of base64 stands for.
inline constexpr std::size_t shortest_part = 12;

}  // namespace bordergate
