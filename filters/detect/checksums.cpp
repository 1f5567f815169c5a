#include "filters/detect/checksums.hpp"

#include <array>

#include "filters/detect/checksums_americas.hpp"
#include "filters/detect/checksums_asia_africa.hpp"
#include "filters/detect/checksums_europe.hpp"

namespace bordergate {

namespace {

constexpr auto everywhere = std::to_array<NamedChecksum>({
    {"iban", iban_mod97},
    {"luhn", luhn},
});

}  // namespace

Checksum find_checksum(std::string_view name) {
    for (const auto some : {std::span<const NamedChecksum>(everywhere), european_checksums(), american_checksums(), asian_and_african_checksums()})
        for (const auto& one : some)
            if (one.name == name) return one.holds;
    return nullptr;
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
