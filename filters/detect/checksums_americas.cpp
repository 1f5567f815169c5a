// The sources are named beside each recogniser in config/packs/recognisers-americas.yaml.
#include "filters/detect/checksums_americas.hpp"

#include <algorithm>
#include <string>

#include "filters/detect/check_digits.hpp"

namespace bordergate {

using namespace check_digits;

namespace {

bool us_itin(std::string_view id) {
    if (!digits(id, 9) || id.front() != '9') return false;
    const auto group = number(id.substr(3, 2));
    return (group >= 50 && group <= 65) || (group >= 70 && group <= 88) || (group >= 90 && group <= 92) || group >= 94;
}

bool us_ssn(std::string_view id) {
    if (!digits(id, 9)) return false;
    const auto area = number(id.substr(0, 3));
    return area != 0 && area != 666 && area < 900 && number(id.substr(3, 2)) != 0 && number(id.substr(5)) != 0;
}

/// Luhn with the prefix of health care providers (ISO 7812).
bool us_npi(std::string_view id) { return digits(id, 10) && (id.front() == '1' || id.front() == '2') && luhn("80840" + std::string(id)); }

bool us_aba(std::string_view id) {
    static constexpr auto by = std::to_array<unsigned>({3, 7, 1, 3, 7, 1, 3, 7, 1});
    if (!digits(id, 9)) return false;
    const auto district = number(id.substr(0, 2));
    const bool known = district <= 12 || (district >= 21 && district <= 32) || (district >= 61 && district <= 72) || district == 80;
    return known && number(id) != 0 && weighted(id, by) % 10 == 0;
}

bool us_dea(std::string_view id) {
    static constexpr auto by = std::to_array<unsigned>({1, 2, 1, 2, 1, 2});
    return id.size() == 9 && !is_digit(id[0]) && digits(id.substr(2), 7) && weighted(id.substr(2), by) % 10 == value(id.back());
}

bool ca_sin(std::string_view id) { return digits(id, 9) && id.front() != '0' && id.front() != '8' && luhn(id); }

/// The check digit of Brazil and its neighbours: what is missing to a multiple of eleven.
unsigned eleven(unsigned sum) {
    const unsigned left = sum % 11;
    return left < 2 ? 0 : 11 - left;
}

bool br_cpf(std::string_view id) {
    static constexpr auto second = std::to_array<unsigned>({11, 10, 9, 8, 7, 6, 5, 4, 3, 2}), first = std::to_array<unsigned>({10, 9, 8, 7, 6, 5, 4, 3, 2, 0});
    if (!digits(id, 11) || all_same(id)) return false;
    return eleven(weighted(id, first)) == value(id[9]) && eleven(weighted(id, second)) == value(id[10]);
}

/// Since July 2026 the first twelve may be letters too, which count by their place in ASCII.
bool br_cnpj(std::string_view id) {
    static constexpr auto by = std::to_array<unsigned>({6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2});
    if (id.size() != 14 || !digits(id.substr(12), 2) || all_same(id)) return false;
    unsigned first = 0, second = 0;
    for (std::size_t i = 0; i < 12; ++i) {
        const auto counts = static_cast<unsigned>(id[i] - '0');
        first += counts * by[i + 1];
        second += counts * by[i];
    }
    second += value(id[12]) * by[12];
    return eleven(first) == value(id[12]) && eleven(second) == value(id[13]);
}

bool mx_curp(std::string_view id) {
    if (id.size() != 18 || !is_digit(id.back()) || !digits(id.substr(4, 6), 6) || !month_day(id.substr(6, 4))) return false;
    if (id[10] != 'H' && id[10] != 'M' && id[10] != 'X') return false;
    unsigned sum = 0;
    for (std::size_t i = 0; i < 17; ++i) {
        // After N comes a letter of its own in the Spanish alphabet.
        const unsigned counts = alnum(id[i]) + (id[i] > 'N' ? 1U : 0U);
        sum += counts * static_cast<unsigned>(18 - i);
    }
    return (10 - sum % 10) % 10 == value(id.back());
}

bool ar_cuit(std::string_view id) {
    static constexpr auto by = std::to_array<unsigned>({5, 4, 3, 2, 7, 6, 5, 4, 3, 2});
    if (!digits(id, 11) || (id.front() != '2' && id.front() != '3')) return false;
    const unsigned check = (11 - weighted(id, by) % 11) % 11;
    return (check == 10 ? 9 : check) == value(id.back());
}

bool cl_rut(std::string_view id) {
    if (id.size() < 8 || id.size() > 9 || !digits(id.substr(0, id.size() - 1), id.size() - 1)) return false;
    unsigned sum = 0, by = 2;
    for (std::size_t i = id.size() - 1; i-- > 0; by = by == 7 ? 2 : by + 1) sum += value(id[i]) * by;
    const unsigned check = (11 - sum % 11) % 11;
    return (check == 10 ? 'K' : static_cast<char>('0' + check)) == id.back();
}

bool co_nit(std::string_view id) {
    static constexpr auto by = std::to_array<unsigned>({3, 7, 13, 17, 19, 23, 29, 37, 41, 43});
    if (!digits(id, id.size()) || id.size() < 9 || id.size() > 11) return false;
    unsigned sum = 0;
    for (std::size_t i = 0; i + 1 < id.size(); ++i) sum += value(id[id.size() - 2 - i]) * by[i];
    return std::string_view("01987654321")[sum % 11] == id.back();
}

}  // namespace

std::span<const NamedChecksum> american_checksums() {
    static constexpr auto all = std::to_array<NamedChecksum>({
        {"ar_cuit", ar_cuit},
        {"br_cnpj", br_cnpj},
        {"br_cpf", br_cpf},
        {"ca_sin", ca_sin},
        {"cl_rut", cl_rut},
        {"co_nit", co_nit},
        {"mx_curp", mx_curp},
        {"us_aba", us_aba},
        {"us_dea", us_dea},
        {"us_itin", us_itin},
        {"us_npi", us_npi},
        {"us_ssn", us_ssn},
    });
    return all;
}

}  // namespace bordergate
