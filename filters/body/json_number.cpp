#include "filters/body/json_number.hpp"

#include <algorithm>
#include <charconv>

namespace bordergate {

std::string whole_number(std::string_view token) {
    constexpr long most_zeros = 64;  // that an exponent appends: longer numbers are nobody's
    if (token.starts_with('-')) token.remove_prefix(1);
    const auto e = token.find_first_of("eE");
    long exponent = 0;
    if (e != std::string_view::npos) {
        auto digits = token.substr(e + 1);
        if (digits.starts_with('+')) digits.remove_prefix(1);
        // One that is out of range leaves the digits as they are written.
        if (std::from_chars(digits.data(), digits.data() + digits.size(), exponent).ec != std::errc{}) exponent = 0;
        token = token.substr(0, e);
    }
    const auto point = std::min(token.find('.'), token.size());
    std::string digits(token.substr(0, point));
    if (point < token.size()) digits.append(token.substr(point + 1));
    const auto zeros = std::min(digits.find_first_not_of('0'), digits.size());
    digits.erase(0, zeros);
    const auto size = static_cast<long>(digits.size());
    exponent = std::clamp(exponent, -(size + static_cast<long>(token.size())), static_cast<long>(token.size()) + most_zeros);
    const long whole = static_cast<long>(point) - static_cast<long>(zeros) + exponent;
    if (whole <= 0 || size == 0) return {};
    digits.resize(static_cast<std::size_t>(std::min(whole, size + most_zeros)), '0');
    return digits;
}

bool is_whole_number(std::string_view text) {
    if (text == "0") return true;
    if (text.starts_with('-')) text.remove_prefix(1);
    return !text.empty() && text.front() != '0' && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace bordergate
