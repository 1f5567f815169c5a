// Addresses that hold money in digital currencies.
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "filters/detect/checksums.hpp"

namespace bordergate {

namespace {

/// Version, hash of 20 bytes, and the first four bytes of its double SHA-256, as a number of base 58.
bool base58check(std::string_view address) {
    constexpr std::string_view digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    constexpr std::size_t check = 4;
    std::array<std::uint8_t, 25> bytes{};
    for (const char c : address) {
        const auto digit = digits.find(c);
        if (digit == std::string_view::npos) return false;
        auto carry = static_cast<unsigned>(digit);
        for (auto at = bytes.rbegin(); at != bytes.rend(); ++at) {
            carry += *at * 58U;
            *at = static_cast<std::uint8_t>(carry & 0xffU);
            carry >>= 8;
        }
        if (carry != 0) return false;
    }
    constexpr std::uint8_t key_hash = 0x00, script_hash = 0x05;
    if (bytes[0] != key_hash && bytes[0] != script_hash) return false;
    std::array<std::uint8_t, SHA256_DIGEST_LENGTH> once{}, twice{};
    SHA256(bytes.data(), bytes.size() - check, once.data());
    SHA256(once.data(), once.size(), twice.data());
    return std::equal(bytes.end() - check, bytes.end(), twice.begin());
}

/// The BCH code of BIP 173 over prefix and data; witness version 0 has one constant, later ones (BIP 350) another.
bool bech32(std::string_view address) {
    constexpr std::string_view digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    constexpr std::array<std::uint32_t, 5> generator{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    constexpr std::size_t prefix = 3, longest = 90;
    if (address.size() < prefix + 7 || address.size() > longest) return false;
    std::uint32_t sum = 1;
    const auto take = [&](std::uint32_t value) {
        const std::uint32_t top = sum >> 25;
        sum = (sum & 0x1ffffffU) << 5 ^ value;
        for (unsigned bit = 0; bit < generator.size(); ++bit) sum ^= (top >> bit & 1U) != 0 ? generator[bit] : 0U;
    };
    for (const char c : std::string_view("bc")) take(static_cast<std::uint32_t>(c) >> 5);
    take(0);
    for (const char c : std::string_view("bc")) take(static_cast<std::uint32_t>(c) & 31U);
    for (const char c : address.substr(prefix)) {
        const auto digit = digits.find(c);
        if (digit == std::string_view::npos) return false;
        take(static_cast<std::uint32_t>(digit));
    }
    constexpr std::uint32_t first = 1, later = 0x2bc830a3;
    return sum == (address[prefix] == 'q' ? first : later);
}

}  // namespace

bool crypto_address(std::string_view address) {
    if (address.starts_with("0x")) return address.size() == 42;
    return address.starts_with("bc1") ? bech32(address) : base58check(address);
}

}  // namespace bordergate
