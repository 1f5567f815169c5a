#include "filters/body/json_number.hpp"

#include <algorithm>
#include <charconv>

namespace bordergate {

std::string whole_number(std::string_view token) {
    constexpr long most_digits = 64;
    if (token.starts_with('-')) token.remove_prefix(1);
    const auto e = token.find_first_of("eE");
    long exponent = 0;
    if (e != std::string_view::npos) {
        auto digits = token.substr(e + 1);
        if (digits.starts_with('+')) digits.remove_prefix(1);
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
        if (read.ec != std::errc{}) return {};
        token = token.substr(0, e);
    }
    const auto point = token.find('.');
    std::string digits(token.substr(0, point));
    long whole = static_cast<long>(digits.size());
    if (point != std::string_view::npos) digits.append(token.substr(point + 1));
    if (exponent > most_digits || exponent < -static_cast<long>(digits.size())) return {};
    whole += exponent;
    if (whole <= 0) return {};
    digits.resize(static_cast<std::size_t>(whole), '0');
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    if (digits.size() > most_digits) return {};
    return digits;
}

}  // namespace bordergate
