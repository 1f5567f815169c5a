#include "filters/detect/check_digits.hpp"

#include <algorithm>

namespace bordergate::check_digits {

bool digits(std::string_view text, std::size_t size) { return text.size() == size && std::all_of(text.begin(), text.end(), is_digit); }

bool all_same(std::string_view text) { return text.find_first_not_of(text.front()) == std::string_view::npos; }

unsigned long long number(std::string_view digits) {
    unsigned long long made = 0;
    for (const char c : digits) made = made * 10 + value(c);
    return made;
}

unsigned weighted(std::string_view digits, std::span<const unsigned> weights) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < weights.size() && i < digits.size(); ++i) sum += value(digits[i]) * weights[i];
    return sum;
}

unsigned cross_sums(std::string_view digits, std::span<const unsigned> weights) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < weights.size() && i < digits.size(); ++i) {
        const unsigned product = value(digits[i]) * weights[i];
        sum += product / 10 + product % 10;
    }
    return sum;
}

unsigned remainder(std::string_view digits, unsigned modulus) {
    unsigned left = 0;
    for (const char c : digits) left = (left * 10 + value(c)) % modulus;
    return left;
}

bool mod11_10(std::string_view digits) {
    unsigned product = 10;
    for (const char c : digits.substr(0, digits.size() - 1)) {
        const unsigned sum = (value(c) + product) % 10;
        product = (sum == 0 ? 10 : sum) * 2 % 11;
    }
    return (11 - product) % 10 == value(digits.back());
}

bool date(unsigned day, unsigned month) {
    constexpr std::array<unsigned, 13> longest{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month >= 1 && month <= 12 && day >= 1 && day <= longest[month];
}

bool day_month(std::string_view ddmm) { return date(value(ddmm[0]) * 10 + value(ddmm[1]), value(ddmm[2]) * 10 + value(ddmm[3])); }
bool month_day(std::string_view mmdd) { return date(value(mmdd[2]) * 10 + value(mmdd[3]), value(mmdd[0]) * 10 + value(mmdd[1])); }

}  // namespace bordergate::check_digits
