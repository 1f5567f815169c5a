#include "filters/seal/base64url.hpp"

#include <array>

namespace bordergate {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::array<std::int8_t, 256> values = [] {
    std::array<std::int8_t, 256> table{};
    table.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i) table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    return table;
}();

}  // namespace

void append_base64url(std::span<const std::uint8_t> bytes, std::string& out) {
    std::uint32_t window = 0;
    unsigned bits = 0;
    for (auto byte : bytes) {
        window = window << 8 | byte;
        for (bits += 8; bits >= 6; bits -= 6) out += alphabet[window >> (bits - 6) & 63];
    }
    if (bits > 0) out += alphabet[window << (6 - bits) & 63];
}

std::optional<std::vector<std::uint8_t>> decode_base64url(std::string_view text) {
    if (text.size() % 4 == 1) return std::nullopt;
    std::vector<std::uint8_t> bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t window = 0;
    unsigned bits = 0;
    for (unsigned char c : text) {
        if (values[c] < 0) return std::nullopt;
        window = window << 6 | static_cast<std::uint32_t>(values[c]);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        bytes.push_back(static_cast<std::uint8_t>(window >> bits));
    }
    if ((window & ((1U << bits) - 1)) != 0) return std::nullopt;
    return bytes;
}

}  // namespace bordergate
