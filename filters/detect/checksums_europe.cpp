// Of persons and taxpayers. The sources are named beside each recogniser in config/packs/recognisers-europe.yaml.
#include "filters/detect/checksums_europe.hpp"

#include <algorithm>
#include <string>

#include "filters/detect/check_digits.hpp"

namespace bordergate {

using namespace check_digits;

namespace {

using Weights = std::span<const unsigned>;
template <std::size_t N>
constexpr std::array<unsigned, N> weights(const unsigned (&list)[N]) {
    return std::to_array(list);
}

/// The last digit is what the weighted sum of the others leaves of a multiple of ten.
bool completes_ten(std::string_view all, Weights by) { return (10 - weighted(all, by) % 10) % 10 == value(all.back()); }

bool at_svnr(std::string_view id) {
    static constexpr auto by = weights({3, 7, 9, 0, 5, 8, 4, 2, 1, 6});
    if (!digits(id, 10) || id.front() == '0') return false;
    const unsigned month = value(id[6]) * 10 + value(id[7]), day = value(id[4]) * 10 + value(id[5]);
    // Where the dates of a day are used up, months from 13 on are given out.
    return day >= 1 && day <= 31 && month >= 1 && month <= 15 && weighted(id, by) % 11 == value(id[3]);
}

bool be_nn(std::string_view id) {
    if (!digits(id, 11)) return false;
    const unsigned month = value(id[2]) * 10 + value(id[3]), day = value(id[4]) * 10 + value(id[5]);
    // Months are raised by 20 or 40 where the sex is not known, and are zero where the date is not.
    if (month % 20 > 12 || month > 52 || day > 31) return false;
    const auto check = number(id.substr(9));
    const auto left = [&](std::string_view nine) { return 97 - remainder(nine, 97); };
    return left(id.substr(0, 9)) == check || left("2" + std::string(id.substr(0, 9))) == check;
}

bool bg_egn(std::string_view id) {
    static constexpr auto by = weights({2, 4, 8, 5, 10, 9, 7, 3, 6});
    if (!digits(id, 10)) return false;
    const unsigned month = (value(id[2]) * 10 + value(id[3])) % 20, day = value(id[4]) * 10 + value(id[5]);
    return value(id[2]) < 6 && date(day, month) && weighted(id, by) % 11 % 10 == value(id[9]);
}

bool ch_ahv(std::string_view id) {
    static constexpr auto by = weights({1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3});
    return digits(id, 13) && id.starts_with("756") && completes_ten(id, by);
}

bool cz_birth_number(std::string_view id) {
    if (!digits(id, 10)) return false;
    unsigned month = value(id[2]) * 10 + value(id[3]);
    month = month > 70 ? month - 70 : month > 50 ? month - 50 : month > 20 ? month - 20 : month;
    if (!date(value(id[4]) * 10 + value(id[5]), month)) return false;
    const unsigned left = remainder(id.substr(0, 9), 11);
    return left % 10 == value(id[9]);
}

bool de_id_document(std::string_view id) {
    static constexpr auto by = weights({7, 3, 1});
    if (id.size() != 10 || !is_digit(id.back()) || id.find_first_not_of("0123456789CFGHJKLMNPRTVWXYZ") != std::string_view::npos || is_digit(id.front())) return false;
    unsigned sum = 0;
    for (std::size_t i = 0; i < 9; ++i) sum += alnum(id[i]) * by[i % 3];
    return sum % 10 == value(id.back());
}

bool de_kvnr(std::string_view id) {
    static constexpr auto by = weights({1, 2, 1, 2, 1, 2, 1, 2, 1, 2});
    if (id.size() != 10 || is_digit(id.front()) || !digits(id.substr(1), 9)) return false;
    const unsigned letter = static_cast<unsigned>(id.front() - 'A') + 1;
    const std::string all = std::string{static_cast<char>('0' + letter / 10), static_cast<char>('0' + letter % 10)} + std::string(id.substr(1, 8));
    return cross_sums(all, by) % 10 == value(id.back());
}

bool de_social_security(std::string_view id) {
    static constexpr auto by = weights({2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1});
    if (id.size() != 12 || !digits(id.substr(0, 8), 8) || is_digit(id[8]) || !digits(id.substr(9), 3)) return false;
    const unsigned day = (value(id[2]) * 10 + value(id[3])) % 50, month = value(id[4]) * 10 + value(id[5]), letter = static_cast<unsigned>(id[8] - 'A') + 1;
    if (day > 31 || month > 12) return false;
    const std::string all = std::string(id.substr(0, 8)) + static_cast<char>('0' + letter / 10) + static_cast<char>('0' + letter % 10) + std::string(id.substr(9, 2));
    return cross_sums(all, by) % 10 == value(id.back());
}

bool de_tax_id(std::string_view id) {
    if (!digits(id, 11) || id.front() == '0') return false;
    std::array<unsigned, 10> times{};
    for (const char c : id.substr(0, 10)) ++times[value(c)];
    unsigned repeated = 0;
    for (const auto count : times) {
        if (count > 3) return false;
        repeated += count > 1 ? 1 : 0;
    }
    return repeated == 1 && mod11_10(id);
}

bool dk_cpr(std::string_view id) { return digits(id, 10) && day_month(id.substr(0, 4)); }

/// Of Estonia and Lithuania.
bool baltic(std::string_view id) {
    static constexpr auto first = weights({1, 2, 3, 4, 5, 6, 7, 8, 9, 1}), second = weights({3, 4, 5, 6, 7, 8, 9, 1, 2, 3});
    if (!digits(id, 11) || id.front() == '0' || id.front() == '9' || !month_day(id.substr(3, 4))) return false;
    unsigned check = weighted(id, first) % 11;
    if (check == 10) check = weighted(id, second) % 11 % 10;
    return check == value(id.back());
}

constexpr std::string_view spanish = "TRWAGMYFPDXBNJZSQVHLCKE";

bool es_nif(std::string_view id) { return id.size() == 9 && digits(id.substr(0, 8), 8) && spanish[number(id.substr(0, 8)) % 23] == id.back(); }

bool es_nie(std::string_view id) {
    if (id.size() != 9 || id.front() < 'X' || id.front() > 'Z' || !digits(id.substr(1, 7), 7)) return false;
    return spanish[(static_cast<unsigned>(id.front() - 'X') * 10'000'000ULL + number(id.substr(1, 7))) % 23] == id.back();
}

bool fi_hetu(std::string_view id) {
    constexpr std::string_view signs = "0123456789ABCDEFHJKLMNPRSTUVWXY";
    // The sign of the century, where it is a letter, stands between date and number.
    const bool letter = id.size() == 11;
    if ((!letter && id.size() != 10) || !digits(id.substr(0, 6), 6) || !day_month(id.substr(0, 4))) return false;
    const auto serial = id.substr(letter ? 7 : 6, 3);
    if (!digits(serial, 3) || number(serial) < 2) return false;
    return signs[(number(id.substr(0, 6)) * 1000 + number(serial)) % 31] == id.back();
}

bool fr_nir(std::string_view id) {
    if (id.size() != 15) return false;
    std::string all(id);
    // Departments of Corsica.
    if (all[5] == '2' && (all[6] == 'A' || all[6] == 'B')) all.replace(5, 2, all[6] == 'A' ? "19" : "18");
    if (!digits(all, 15) || (all[0] != '1' && all[0] != '2' && all[0] != '3' && all[0] != '4' && all[0] != '7' && all[0] != '8')) return false;
    const auto month = number(all.substr(3, 2));
    if (month == 0 || (month > 12 && month < 20) || (month > 42 && month < 50)) return false;
    return 97 - remainder(all.substr(0, 13), 97) == number(all.substr(13));
}

bool fr_tax(std::string_view id) { return digits(id, 13) && id.front() <= '3' && number(id.substr(0, 10)) % 511 == number(id.substr(10)); }

bool gr_amka(std::string_view id) { return digits(id, 11) && day_month(id.substr(0, 4)) && luhn(id); }

bool hu_personal(std::string_view id) {
    static constexpr auto up = weights({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}), down = weights({10, 9, 8, 7, 6, 5, 4, 3, 2, 1});
    if (!digits(id, 11) || id.front() == '0' || id.front() == '9' || !month_day(id.substr(3, 4))) return false;
    const bool later = id.front() == '3' || id.front() == '4' || (id[1] >= '9' && id[2] >= '7');
    return weighted(id, later ? down : up) % 11 == value(id.back()) || weighted(id, later ? up : down) % 11 == value(id.back());
}

bool hu_taj(std::string_view id) {
    static constexpr auto by = weights({3, 7, 3, 7, 3, 7, 3, 7});
    return digits(id, 9) && !all_same(id) && weighted(id, by) % 10 == value(id.back());
}

bool hu_tax_id(std::string_view id) {
    static constexpr auto by = weights({1, 2, 3, 4, 5, 6, 7, 8, 9});
    return digits(id, 10) && id.front() == '8' && weighted(id, by) % 11 == value(id.back());
}

bool ie_pps(std::string_view id) {
    static constexpr auto by = weights({8, 7, 6, 5, 4, 3, 2});
    if ((id.size() != 8 && id.size() != 9) || !digits(id.substr(0, 7), 7) || is_digit(id[7])) return false;
    const unsigned second = id.size() == 9 && id[8] != 'W' ? static_cast<unsigned>(id[8] - 'A') + 1 : 0;
    const unsigned sum = (weighted(id, by) + second * 9) % 23;
    return (sum == 0 ? 'W' : static_cast<char>('A' + sum - 1)) == id[7];
}

bool it_fiscal_code(std::string_view id) {
    static constexpr auto odd_digits = weights({1, 0, 5, 7, 9, 13, 15, 17, 19, 21});
    static constexpr auto odd_letters = weights({1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23});
    if (id.size() != 16 || std::string_view("ABCDEHLMPRST").find(id[8]) == std::string_view::npos) return false;
    unsigned sum = 0;
    for (std::size_t i = 0; i < 15; ++i) {
        const bool odd = i % 2 == 0;
        if (is_digit(id[i])) sum += odd ? odd_digits[value(id[i])] : value(id[i]);
        else sum += odd ? odd_letters[static_cast<unsigned>(id[i] - 'A')] : static_cast<unsigned>(id[i] - 'A');
    }
    return static_cast<char>('A' + sum % 26) == id.back();
}

bool lv_personal_code(std::string_view id) {
    static constexpr auto by = weights({1, 6, 3, 7, 9, 10, 5, 8, 4, 2});
    if (!digits(id, 11)) return false;
    if (id.starts_with("32")) return true;  // given out since 2017, without a date and without a check digit
    return day_month(id.substr(0, 4)) && id[6] <= '2' && (1101 - weighted(id, by)) % 11 % 10 == value(id.back());
}

bool nl_bsn(std::string_view id) {
    static constexpr auto by = weights({9, 8, 7, 6, 5, 4, 3, 2});
    return digits(id, 9) && !all_same(id) && weighted(id, by) % 11 == value(id.back());
}

bool no_fnr(std::string_view id) {
    static constexpr auto first = weights({3, 7, 6, 1, 8, 9, 4, 5, 2, 1});
    static constexpr auto second = weights({5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1});
    if (!digits(id, 11)) return false;
    // Of those who are not registered the day is raised by 40; of test persons the month, by 40 or 80.
    const unsigned day = (value(id[0]) * 10 + value(id[1])) % 40, month = (value(id[2]) * 10 + value(id[3])) % 40;
    return date(day, month) && weighted(id, first) % 11 == 0 && weighted(id, second) % 11 == 0;
}

bool pl_pesel(std::string_view id) {
    static constexpr auto by = weights({1, 3, 7, 9, 1, 3, 7, 9, 1, 3});
    if (!digits(id, 11)) return false;
    const unsigned month = (value(id[2]) * 10 + value(id[3])) % 20;
    return date(value(id[4]) * 10 + value(id[5]), month) && completes_ten(id, by);
}

bool pt_nif(std::string_view id) {
    static constexpr auto by = weights({9, 8, 7, 6, 5, 4, 3, 2});
    if (!digits(id, 9) || id.front() == '0' || all_same(id)) return false;
    const unsigned left = weighted(id, by) % 11;
    return (left < 2 ? 0 : 11 - left) == value(id.back());
}

bool ro_cnp(std::string_view id) {
    static constexpr auto by = weights({2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9});
    if (!digits(id, 13) || id.front() == '0' || !month_day(id.substr(3, 4))) return false;
    const unsigned left = weighted(id, by) % 11;
    return (left == 10 ? 1 : left) == value(id.back());
}

bool se_personnummer(std::string_view id) {
    if (id.size() == 12) {
        if (!id.starts_with("19") && !id.starts_with("20") && !id.starts_with("18")) return false;
        id.remove_prefix(2);
    }
    if (!digits(id, 10)) return false;
    const unsigned day = value(id[4]) * 10 + value(id[5]);
    // Of those who are not registered the day is raised by 60.
    return date(day > 60 ? day - 60 : day, value(id[2]) * 10 + value(id[3])) && luhn(id);
}

bool si_emso(std::string_view id) {
    static constexpr auto by = weights({7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2});
    if (!digits(id, 13) || !day_month(id.substr(0, 4)) || (id[4] != '0' && id[4] != '9')) return false;
    const unsigned left = weighted(id, by) % 11;
    return left != 1 && (left == 0 ? 0 : 11 - left) == value(id.back());
}

bool tr_id(std::string_view id) {
    if (!digits(id, 11) || id.front() == '0') return false;
    unsigned odd = 0, even = 0;
    for (std::size_t i = 0; i < 9; ++i) (i % 2 == 0 ? odd : even) += value(id[i]);
    return (odd * 7 + 100 - even) % 10 == value(id[9]) && (odd + even + value(id[9])) % 10 == value(id[10]);
}

bool uk_nhs(std::string_view id) {
    static constexpr auto by = weights({10, 9, 8, 7, 6, 5, 4, 3, 2});
    if (!digits(id, 10) || all_same(id)) return false;
    const unsigned check = 11 - weighted(id, by) % 11;
    return check != 10 && check % 11 == value(id.back());
}

bool uk_nino(std::string_view id) {
    if (id.size() != 9 || !digits(id.substr(2, 6), 6)) return false;
    constexpr std::string_view never_first = "DFIQUV", never_second = "DFIOQUV";
    if (never_first.find(id[0]) != std::string_view::npos || never_second.find(id[1]) != std::string_view::npos) return false;
    for (const auto* pair : {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"})
        if (id.starts_with(pair)) return false;
    return id.back() >= 'A' && id.back() <= 'D';
}

}  // namespace

bool hr_oib(std::string_view id) { return digits(id, 11) && mod11_10(id); }

bool it_vat(std::string_view id) { return digits(id, 11) && !all_same(id) && luhn(id); }

bool pl_nip(std::string_view id) {
    static constexpr auto by = weights({6, 5, 7, 2, 3, 4, 5, 6, 7});
    return digits(id, 10) && !all_same(id) && weighted(id, by) % 11 == value(id.back());
}

std::span<const NamedChecksum> european_checksums() {
    static constexpr auto all = std::to_array<NamedChecksum>({
        {"at_svnr", at_svnr},
        {"be_nn", be_nn},
        {"bg_egn", bg_egn},
        {"ch_ahv", ch_ahv},
        {"cz_birth_number", cz_birth_number},
        {"de_id_document", de_id_document},
        {"de_kvnr", de_kvnr},
        {"de_social_security", de_social_security},
        {"de_tax_id", de_tax_id},
        {"dk_cpr", dk_cpr},
        {"ee_isikukood", baltic},
        {"es_nie", es_nie},
        {"es_nif", es_nif},
        {"eu_vat", eu_vat},
        {"fi_hetu", fi_hetu},
        {"fr_nir", fr_nir},
        {"fr_tax", fr_tax},
        {"gr_amka", gr_amka},
        {"hr_oib", hr_oib},
        {"hu_personal", hu_personal},
        {"hu_taj", hu_taj},
        {"hu_tax_id", hu_tax_id},
        {"ie_pps", ie_pps},
        {"it_fiscal_code", it_fiscal_code},
        {"it_vat", it_vat},
        {"lt_asmens_kodas", baltic},
        {"lv_personal_code", lv_personal_code},
        {"nl_bsn", nl_bsn},
        {"no_fnr", no_fnr},
        {"pl_nip", pl_nip},
        {"pl_pesel", pl_pesel},
        {"pt_nif", pt_nif},
        {"ro_cnp", ro_cnp},
        {"se_personnummer", se_personnummer},
        {"si_emso", si_emso},
        {"tr_id", tr_id},
        {"uk_nhs", uk_nhs},
        {"uk_nino", uk_nino},
    });
    return all;
}

}  // namespace bordergate
