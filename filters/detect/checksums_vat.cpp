// Value added tax numbers of the European Union, by country (https://ec.europa.eu/taxation_customs/vies).
#include <algorithm>

#include "filters/detect/check_digits.hpp"
#include "filters/detect/checksums_europe.hpp"

namespace bordergate {

using namespace check_digits;

namespace {

unsigned doubled(char digit) { return value(digit) * 2 / 10 + value(digit) * 2 % 10; }

bool austria(std::string_view n) {
    if (n.size() != 9 || n.front() != 'U' || !digits(n.substr(1), 8)) return false;
    n.remove_prefix(1);
    const unsigned sum = value(n[0]) + doubled(n[1]) + value(n[2]) + doubled(n[3]) + value(n[4]) + doubled(n[5]) + value(n[6]);
    return (10 - (sum + 4) % 10) % 10 == value(n[7]);
}
bool belgium(std::string_view n) { return digits(n, 10) && n.front() <= '1' && 97 - remainder(n.substr(0, 8), 97) == number(n.substr(8)); }
bool denmark(std::string_view n) {
    static constexpr auto by = std::to_array<unsigned>({2, 7, 6, 5, 4, 3, 2, 1});
    return digits(n, 8) && n.front() != '0' && weighted(n, by) % 11 == 0;
}
bool finland(std::string_view n) {
    static constexpr auto by = std::to_array<unsigned>({7, 9, 10, 5, 8, 4, 2, 1});
    return digits(n, 8) && weighted(n, by) % 11 == 0;
}
bool france(std::string_view n) {
    if (n.size() != 11 || !digits(n.substr(2), 9) || !luhn(n.substr(2))) return false;
    // Newer numbers have letters in their key, which no rule is published for.
    return !digits(n.substr(0, 2), 2) || (12 + 3 * remainder(n.substr(2), 97)) % 97 == number(n.substr(0, 2));
}
bool germany(std::string_view n) { return digits(n, 9) && n.front() != '0' && mod11_10(n); }
bool greece(std::string_view n) {
    static constexpr auto by = std::to_array<unsigned>({256, 128, 64, 32, 16, 8, 4, 2});
    return digits(n, 9) && !all_same(n) && weighted(n, by) % 11 % 10 == value(n.back());
}
bool hungary(std::string_view n) {
    static constexpr auto by = std::to_array<unsigned>({9, 7, 3, 1, 9, 7, 3, 1});
    return digits(n, 8) && weighted(n, by) % 10 == 0;
}
bool luxembourg(std::string_view n) { return digits(n, 8) && number(n.substr(0, 6)) % 89 == number(n.substr(6)); }
bool malta(std::string_view n) {
    static constexpr auto by = std::to_array<unsigned>({3, 4, 6, 7, 8, 9});
    return digits(n, 8) && 37 - weighted(n, by) % 37 == number(n.substr(6));
}
bool netherlands(std::string_view n) {
    static constexpr auto by = std::to_array<unsigned>({9, 8, 7, 6, 5, 4, 3, 2});
    if (n.size() != 12 || n[9] != 'B' || !digits(n.substr(0, 9), 9) || !digits(n.substr(10), 2)) return false;
    // Of companies; since 2020 those of persons check by 97: N, L and B as 23, 21 and 11.
    if (weighted(n, by) % 11 == value(n[8])) return true;
    unsigned left = 2321;
    for (const char c : n) left = (is_digit(c) ? left * 10 + value(c) : left * 100 + alnum(c)) % 97;
    return left == 1;
}
bool portugal(std::string_view n) {
    static constexpr auto by = std::to_array<unsigned>({9, 8, 7, 6, 5, 4, 3, 2});
    if (!digits(n, 9) || n.front() == '0') return false;
    const unsigned left = weighted(n, by) % 11;
    return (left < 2 ? 0 : 11 - left) == value(n.back());
}
bool slovakia(std::string_view n) { return digits(n, 10) && n.front() != '0' && remainder(n, 11) == 0; }
bool slovenia(std::string_view n) {
    static constexpr auto by = std::to_array<unsigned>({8, 7, 6, 5, 4, 3, 2});
    if (!digits(n, 8) || n.front() == '0') return false;
    const unsigned left = 11 - weighted(n, by) % 11;
    return left != 11 && left % 10 == value(n.back());
}
bool sweden(std::string_view n) { return digits(n, 12) && luhn(n.substr(0, 10)) && n.substr(10) != "00"; }

/// Of those whose check digits are not published in full.
template <std::size_t Least, std::size_t Most>
bool shaped(std::string_view n) {
    return n.size() >= Least && n.size() <= Most && std::any_of(n.begin(), n.end(), is_digit) && std::count_if(n.begin(), n.end(), is_digit) + 2 >= static_cast<std::ptrdiff_t>(n.size());
}

struct Country {
    std::string_view code;
    Checksum holds;
};

constexpr std::array countries{
    Country{"AT", austria},      Country{"BE", belgium},    Country{"BG", shaped<9, 10>}, Country{"CY", shaped<9, 9>},  Country{"CZ", shaped<8, 10>}, Country{"DE", germany},
    Country{"DK", denmark},      Country{"EE", shaped<9, 9>}, Country{"EL", greece},      Country{"ES", shaped<9, 9>},  Country{"FI", finland},       Country{"FR", france},
    Country{"HR", hr_oib},      Country{"HU", hungary},    Country{"IE", shaped<8, 9>},  Country{"IT", it_vat},         Country{"LT", shaped<9, 12>}, Country{"LU", luxembourg},
    Country{"LV", shaped<11, 11>}, Country{"MT", malta},    Country{"NL", netherlands},   Country{"PL", pl_nip},        Country{"PT", portugal},      Country{"RO", shaped<2, 10>},
    Country{"SE", sweden},       Country{"SI", slovenia},   Country{"SK", slovakia},
};

}  // namespace

bool eu_vat(std::string_view id) {
    if (id.size() < 4) return false;
    const auto country = std::find_if(countries.begin(), countries.end(), [id](const auto& one) { return id.starts_with(one.code); });
    return country != countries.end() && country->holds(id.substr(2));
}

}  // namespace bordergate
