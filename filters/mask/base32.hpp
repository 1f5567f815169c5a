// Crockford's base32: no I, L, O or U, so that what is written in it survives being read aloud or retyped.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "filters/ascii.hpp"

namespace bordergate {

inline constexpr std::string_view base32_alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Upper case, without padding.
inline void append_base32(std::span<const std::uint8_t> bytes, std::string& out) {
    std::uint32_t window = 0;
    unsigned bits = 0;
    for (const auto byte : bytes) {
        window = window << 8 | byte;
        for (bits += 8; bits >= 5;) out += base32_alphabet[window >> (bits -= 5) & 31];
    }
    if (bits > 0) out += base32_alphabet[window << (5 - bits) & 31];
}

/// Either case. Strict: no other characters, no non-zero rest bits, no length that nothing has.
inline std::optional<std::vector<std::uint8_t>> decode_base32(std::string_view text) {
    std::vector<std::uint8_t> bytes;
    bytes.reserve(text.size() * 5 / 8);
    std::uint32_t window = 0;
    unsigned bits = 0;
    for (const char c : text) {
        const auto value = base32_alphabet.find(upper(c));
        if (value == std::string_view::npos) return std::nullopt;
        window = window << 5 | static_cast<std::uint32_t>(value);
        if ((bits += 5) < 8) continue;
        bytes.push_back(static_cast<std::uint8_t>(window >> (bits -= 8)));
    }
    if (bits >= 5 || (window & ((1U << bits) - 1)) != 0) return std::nullopt;
    return bytes;
}

}  // namespace bordergate
