#include <arpa/inet.h>

#include <cstring>

#include "filters/detect/recognisers.hpp"

namespace bordergate::recognise {

std::optional<Found> ipv4(std::string_view text, std::size_t start) {
    const char before = before_or_space(text, start);
    if (word_before(text, start) || before == '.' || before == '-') return std::nullopt;
    std::size_t position = start;
    for (int octet = 0; octet < 4; ++octet) {
        if (octet > 0) {
            if (at_or_space(text, position) != '.') return std::nullopt;
            ++position;
        }
        unsigned value = 0;
        std::size_t digits = 0;
        while (digits < 4 && is_digit(at_or_space(text, position))) {
            value = value * 10 + static_cast<unsigned>(text[position] - '0');
            ++position;
            ++digits;
        }
        const bool padded = digits > 1 && text[position - digits] == '0';
        if (digits == 0 || digits > 3 || padded || value > 255) return std::nullopt;
    }
    const char after = at_or_space(text, position);
    // 1.2.3.4.5 is a version or an object identifier, not an address and a rest.
    if (word_at(text, position) || (after == '.' && word_at(text, position + 1))) return std::nullopt;
    return Found{start, position, 0.95F};
}

std::optional<Found> ipv6(std::string_view text, std::size_t colon) {
    constexpr std::size_t longest = 45;
    const auto belongs = [](char c) { return is_hex(c) || c == ':' || c == '.'; };
    std::size_t begin = colon, end = colon;
    while (begin > 0 && colon - begin < longest && belongs(text[begin - 1])) --begin;
    while (end < text.size() && end - colon < longest && belongs(text[end])) ++end;
    while (end > colon + 1 && (text[end - 1] == '.' || (text[end - 1] == ':' && text[end - 2] != ':'))) --end;
    if (end - begin < 4 || end - begin > longest || word_before(text, begin) || word_at(text, end))
        return std::nullopt;
    char candidate[longest + 1];
    std::memcpy(candidate, text.data() + begin, end - begin);
    candidate[end - begin] = '\0';
    unsigned char address[16];
    if (inet_pton(AF_INET6, candidate, address) != 1) return std::nullopt;
    return Found{begin, end, 0.95F};
}

}  // namespace bordergate::recognise
