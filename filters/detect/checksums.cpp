#include "filters/detect/checksums.hpp"

#include <algorithm>
#include <array>

#include "config/checksum_names.hpp"

namespace bordergate {

std::span<const NamedChecksum> checksums() {
    static constexpr std::array<NamedChecksum, checksum_names.size()> all{{
        {"de_tax_id", de_tax_id},
        {"iban", iban_mod97},
        {"luhn", luhn},
        {"us_ssn", us_ssn},
    }};
    return all;
}

Checksum find_checksum(std::string_view name) {
    const auto all = checksums();
    const auto found = std::find_if(all.begin(), all.end(), [name](const auto& one) { return one.name == name; });
    return found == all.end() ? nullptr : found->holds;
}

namespace {

bool all_digits(std::string_view text, std::size_t size) {
    return text.size() == size && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

unsigned number(std::string_view digits) {
    unsigned value = 0;
    for (const char c : digits) value = value * 10 + static_cast<unsigned>(c - '0');
    return value;
}

/// ISO/IEC 7064, mod 11,10.
bool mod11_10(std::string_view digits) {
    unsigned product = 10;
    for (const char c : digits.substr(0, digits.size() - 1)) {
        const unsigned sum = (static_cast<unsigned>(c - '0') + product) % 10;
        product = (sum == 0 ? 10 : sum) * 2 % 11;
    }
    return (11 - product) % 10 == static_cast<unsigned>(digits.back() - '0');
}

}  // namespace

bool de_tax_id(std::string_view digits) {
    if (!all_digits(digits, 11) || digits.front() == '0') return false;
    std::array<unsigned, 10> times{};
    for (const char c : digits.substr(0, 10)) ++times[static_cast<unsigned>(c - '0')];
    unsigned repeated = 0;
    for (const auto count : times) {
        if (count > 3) return false;
        repeated += count > 1 ? 1 : 0;
    }
    return repeated == 1 && mod11_10(digits);
}

bool us_ssn(std::string_view digits) {
    if (!all_digits(digits, 9)) return false;
    const auto area = number(digits.substr(0, 3));
    return area != 0 && area != 666 && area < 900 && number(digits.substr(3, 2)) != 0 && number(digits.substr(5)) != 0;
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
