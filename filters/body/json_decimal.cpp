#include "filters/body/json_decimal.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

#include "filters/ascii.hpp"

namespace bordergate {

namespace {

constexpr std::int64_t most_exponent = 1'000'000'000'000'000;

/// 0.digits * 10^point; no zeros at either end of the digits. Zero has none.
struct Decimal {
    bool negative = false;
    std::string digits;
    std::int64_t point = 0;
};

std::int64_t exponent(std::string_view text) {
    const bool negative = text.starts_with('-');
    std::int64_t value = 0;
    for (char c : text)
        if (is_digit(c)) value = std::min(value * 10 + (c - '0'), most_exponent);
    return negative ? -value : value;
}

Decimal decimal(std::string_view token) {
    Decimal made;
    made.negative = token.starts_with('-');
    if (made.negative) token.remove_prefix(1);
    const auto e = token.find_first_of("eE");
    const auto mantissa = token.substr(0, e);
    const auto dot = std::min(mantissa.find('.'), mantissa.size());
    made.digits = mantissa.substr(0, dot);
    if (dot < mantissa.size()) made.digits += mantissa.substr(dot + 1);
    const auto zeros = made.digits.find_first_not_of('0');
    if (zeros == std::string::npos) return {};
    made.point = static_cast<std::int64_t>(dot) - static_cast<std::int64_t>(zeros);
    if (e != std::string_view::npos) made.point += exponent(token.substr(e + 1));
    made.digits.erase(0, zeros);
    made.digits.erase(made.digits.find_last_not_of('0') + 1);
    return made;
}

/// Of what they are without their signs; zero is the least.
std::strong_ordering compare_sizes(const Decimal& a, const Decimal& b) {
    if (a.digits.empty() || b.digits.empty()) return a.digits.size() <=> b.digits.size();
    if (a.point != b.point) return a.point <=> b.point;
    return a.digits.compare(b.digits) <=> 0;
}

}  // namespace

std::strong_ordering compare_numbers(std::string_view a, std::string_view b) {
    const Decimal x = decimal(a), y = decimal(b);
    if (x.negative != y.negative) return x.negative ? std::strong_ordering::less : std::strong_ordering::greater;
    return x.negative ? compare_sizes(y, x) : compare_sizes(x, y);
}

}  // namespace bordergate
