// The sources are named beside each recogniser in config/packs/recognisers-asia-africa.yaml.
#include "filters/detect/checksums_asia_africa.hpp"

#include <algorithm>
#include <string>

#include "filters/detect/check_digits.hpp"

namespace bordergate {

using namespace check_digits;

namespace {

/// Verhoeff's scheme: the dihedral group of ten and a permutation (1969).
bool verhoeff(std::string_view id) {
    static constexpr unsigned product[10][10] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 3, 4, 0, 6, 7, 8, 9, 5}, {2, 3, 4, 0, 1, 7, 8, 9, 5, 6}, {3, 4, 0, 1, 2, 8, 9, 5, 6, 7}, {4, 0, 1, 2, 3, 9, 5, 6, 7, 8},
                                                 {5, 9, 8, 7, 6, 0, 4, 3, 2, 1}, {6, 5, 9, 8, 7, 1, 0, 4, 3, 2}, {7, 6, 5, 9, 8, 2, 1, 0, 4, 3}, {8, 7, 6, 5, 9, 3, 2, 1, 0, 4}, {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}};
    static constexpr unsigned permuted[8][10] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4}, {5, 8, 0, 3, 7, 9, 6, 1, 4, 2}, {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
                                                 {9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1}, {2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}};
    unsigned check = 0;
    for (std::size_t i = 0; i < id.size(); ++i) check = product[check][permuted[i % 8][value(id[id.size() - 1 - i])]];
    return check == 0;
}

bool in_aadhaar(std::string_view id) { return digits(id, 12) && id.front() >= '2' && verhoeff(id); }

bool in_gstin(std::string_view id) {
    constexpr std::string_view signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if (id.size() != 15 || !digits(id.substr(0, 2), 2) || id[13] != 'Z') return false;
    const auto state = number(id.substr(0, 2));
    if (state == 0 || (state > 38 && state != 97 && state != 99)) return false;
    unsigned sum = 0;
    for (std::size_t i = 0; i < 14; ++i) {
        const unsigned product = alnum(id[i]) * (i % 2 == 0 ? 1U : 2U);
        sum += product / 36 + product % 36;
    }
    return signs[(36 - sum % 36) % 36] == id.back();
}

bool cn_ric(std::string_view id) {
    static constexpr auto by = std::to_array<unsigned>({7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2});
    if (id.size() != 18 || !digits(id.substr(0, 17), 17) || id.front() == '0' || !month_day(id.substr(10, 4))) return false;
    const auto year = number(id.substr(6, 4));
    return year >= 1800 && year <= 2100 && std::string_view("10X98765432")[weighted(id, by) % 11] == id.back();
}

bool jp_mynumber(std::string_view id) {
    static constexpr auto by = std::to_array<unsigned>({6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2});
    if (!digits(id, 12) || all_same(id)) return false;
    const unsigned left = weighted(id, by) % 11;
    return (left <= 1 ? 0 : 11 - left) == value(id.back());
}

bool kr_rrn(std::string_view id) {
    static constexpr auto by = std::to_array<unsigned>({2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5});
    if (!digits(id, 13) || !month_day(id.substr(2, 4))) return false;
    // Since October 2020 the last six digits are random.
    const bool later = (id[6] == '3' || id[6] == '4' || id[6] == '7' || id[6] == '8') && number(id.substr(0, 4)) >= 2010 && id[0] < '5';
    return later || (11 - weighted(id, by) % 11) % 10 == value(id.back());
}

bool sg_nric(std::string_view id) {
    static constexpr auto by = std::to_array<unsigned>({2, 7, 6, 5, 4, 3, 2});
    if (id.size() != 9 || !digits(id.substr(1, 7), 7)) return false;
    const char series = id.front();
    const unsigned sum = weighted(id.substr(1), by) + (series == 'T' || series == 'G' ? 4U : series == 'M' ? 3U : 0U);
    const std::string_view letters = series == 'S' || series == 'T' ? "JZIHGFEDCBA" : series == 'F' || series == 'G' ? "XWUTRQPNMLK" : series == 'M' ? "XWUTRQPNJLK" : "";
    return !letters.empty() && letters[sum % 11] == id.back();
}

bool hk_id(std::string_view id) {
    constexpr unsigned space = 36;
    if (id.size() != 8 && id.size() != 9) return false;
    const bool two = id.size() == 9;
    if (is_digit(id[0]) || (two && is_digit(id[1])) || !digits(id.substr(two ? 2 : 1, 6), 6)) return false;
    unsigned sum = (two ? alnum(id[0]) : space) * 9 + alnum(two ? id[1] : id[0]) * 8;
    for (std::size_t i = 0; i < 6; ++i) sum += value(id[(two ? 2 : 1) + i]) * static_cast<unsigned>(7 - i);
    const unsigned check = (11 - sum % 11) % 11;
    return (check == 10 ? 'A' : static_cast<char>('0' + check)) == id.back();
}

bool tw_id(std::string_view id) {
    static constexpr auto by = std::to_array<unsigned>({8, 7, 6, 5, 4, 3, 2, 1, 1});
    constexpr std::string_view order = "ABCDEFGHJKLMNPQRSTUVXYWZIO";
    const auto place = id.size() == 10 ? order.find(id.front()) : std::string_view::npos;
    if (place == std::string_view::npos || !digits(id.substr(1), 9) || (id[1] != '1' && id[1] != '2' && id[1] != '8' && id[1] != '9')) return false;
    const auto letter = static_cast<unsigned>(place) + 10;
    return (letter / 10 + letter % 10 * 9 + weighted(id.substr(1), by)) % 10 == 0;
}

bool th_id(std::string_view id) {
    static constexpr auto by = std::to_array<unsigned>({13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2});
    return digits(id, 13) && id.front() != '0' && id.front() != '9' && (11 - weighted(id, by) % 11) % 10 == value(id.back());
}

bool au_tfn(std::string_view id) {
    static constexpr auto by = std::to_array<unsigned>({1, 4, 3, 7, 5, 8, 6, 9, 10});
    return digits(id, 9) && !all_same(id) && weighted(id, by) % 11 == 0;
}

bool au_abn(std::string_view id) {
    static constexpr auto by = std::to_array<unsigned>({10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19});
    return digits(id, 11) && id.front() != '0' && (weighted(id, by) - by[0]) % 89 == 0;
}

bool au_medicare(std::string_view id) {
    static constexpr auto by = std::to_array<unsigned>({1, 3, 7, 9, 1, 3, 7, 9});
    return (digits(id, 10) || digits(id, 11)) && id.front() >= '2' && id.front() <= '6' && weighted(id, by) % 10 == value(id[8]) && id[9] != '0';
}

bool nz_ird(std::string_view id) {
    static constexpr auto first = std::to_array<unsigned>({3, 2, 7, 6, 5, 4, 3, 2}), second = std::to_array<unsigned>({7, 4, 3, 2, 5, 2, 7, 6});
    if (!digits(id, 8) && !digits(id, 9)) return false;
    const std::string all = id.size() == 8 ? "0" + std::string(id) : std::string(id);
    if (number(all) < 10'000'000 || number(all) > 150'000'000) return false;
    const auto check = [&all](std::span<const unsigned> by) {
        const unsigned left = weighted(all, by) % 11;
        return left == 0 ? 0U : 11 - left;
    };
    const unsigned one = check(first);
    return (one == 10 ? check(second) : one) == value(all.back());
}

bool za_id(std::string_view id) { return digits(id, 13) && month_day(id.substr(2, 4)) && id[10] <= '2' && luhn(id); }

bool il_id(std::string_view id) { return digits(id, 9) && number(id) != 0 && luhn(id); }

bool id_nik(std::string_view id) {
    if (!digits(id, 16)) return false;
    const auto province = number(id.substr(0, 2));
    // Of women the day is raised by 40.
    const unsigned day = (value(id[6]) * 10 + value(id[7])) % 40;
    return province >= 11 && province <= 97 && date(day, value(id[8]) * 10 + value(id[9])) && value(id[6]) <= 7 && id.substr(12) != "0000";
}

}  // namespace

std::span<const NamedChecksum> asian_and_african_checksums() {
    static constexpr auto all = std::to_array<NamedChecksum>({
        {"au_abn", au_abn},
        {"au_medicare", au_medicare},
        {"au_tfn", au_tfn},
        {"cn_ric", cn_ric},
        {"hk_id", hk_id},
        {"id_nik", id_nik},
        {"il_id", il_id},
        {"in_aadhaar", in_aadhaar},
        {"in_gstin", in_gstin},
        {"jp_mynumber", jp_mynumber},
        {"kr_rrn", kr_rrn},
        {"nz_ird", nz_ird},
        {"sg_nric", sg_nric},
        {"th_id", th_id},
        {"tw_id", tw_id},
        {"za_id", za_id},
    });
    return all;
}

}  // namespace bordergate
