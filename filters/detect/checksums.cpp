#include "filters/detect/checksums.hpp"

#include <array>
#include <cstdint>

#include "filters/detect/checksums_americas.hpp"
#include "filters/detect/checksums_asia_africa.hpp"
#include "filters/detect/checksums_europe.hpp"

namespace bordergate {

namespace {

constexpr auto everywhere = std::to_array<NamedChecksum>({
    {"crypto_address", crypto_address, true},
    {"github_token", github_token, true},
    {"iban", iban_mod97},
    {"luhn", luhn},
});

const NamedChecksum* find(std::string_view name) {
    for (const auto some : {std::span<const NamedChecksum>(everywhere), european_checksums(), american_checksums(), asian_and_african_checksums()})
        for (const auto& one : some)
            if (one.name == name) return &one;
    return nullptr;
}

}  // namespace

Checksum find_checksum(std::string_view name) {
    const auto* const one = find(name);
    return one ? one->holds : nullptr;
}

bool takes_verbatim(std::string_view name) {
    const auto* const one = find(name);
    return one && one->verbatim;
}

bool github_token(std::string_view token) {
    constexpr std::string_view digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    constexpr std::size_t prefix = 4, random = 30, check = 6;
    // Nothing is published of how fine-grained tokens are checked.
    if (token.starts_with("github_pat_")) return true;
    if (token.size() != prefix + random + check) return false;
    std::uint32_t crc = ~std::uint32_t{0};
    for (const char c : token.substr(prefix, random)) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);  // IEEE 802.3, reflected
    }
    crc = ~crc;
    for (auto at = token.rbegin(); at != token.rbegin() + check; ++at, crc /= 62)
        if (*at != digits[crc % 62]) return false;
    return true;
}

bool luhn(std::string_view digits) {
    if (digits.size() < 2) return false;
    unsigned sum = 0;
    bool twice = false;
    for (auto it = digits.rbegin(); it != digits.rend(); ++it, twice = !twice) {
        if (*it < '0' || *it > '9') return false;
        const auto digit = static_cast<unsigned>(*it - '0');
        sum += twice ? digit * 2 - (digit > 4 ? 9 : 0) : digit;
    }
    return sum % 10 == 0;
}

bool iban_mod97(std::string_view iban) {
    if (iban.size() < 5) return false;
    unsigned remainder = 0;
    for (std::size_t i = 0; i < iban.size(); ++i) {
        const char c = iban[(i + 4) % iban.size()];
        if (c >= '0' && c <= '9')
            remainder = (remainder * 10 + static_cast<unsigned>(c - '0')) % 97;
        else if (c >= 'A' && c <= 'Z')
            remainder = (remainder * 100 + static_cast<unsigned>(c - 'A' + 10)) % 97;
        else
            return false;
    }
    return remainder == 1;
}

}  // namespace bordergate
