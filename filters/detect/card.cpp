#include "filters/detect/checksums.hpp"
#include "filters/detect/recognisers.hpp"

namespace bordergate::recognise {

namespace {

constexpr std::size_t most_digits = 19;  // ISO/IEC 7812-1

struct Issuer {
    unsigned from, to;  ///< of the first digits
    unsigned digits;    ///< how many of them
    std::size_t shortest, longest;
};

/// Ranges that issuers publish. Luhn alone accepts a tenth of all numbers.
constexpr std::array issuers{
    Issuer{34, 34, 2, 15, 15},     Issuer{37, 37, 2, 15, 15},     Issuer{300, 305, 3, 14, 19}, Issuer{36, 36, 2, 14, 19},
    Issuer{38, 39, 2, 14, 19},     Issuer{3528, 3589, 4, 16, 19}, Issuer{4, 4, 1, 16, 16},     Issuer{4, 4, 1, 13, 13},
    Issuer{4, 4, 1, 19, 19},       Issuer{51, 55, 2, 16, 16},     Issuer{2221, 2720, 4, 16, 16}, Issuer{6011, 6011, 4, 16, 19},
    Issuer{644, 649, 3, 16, 19},   Issuer{65, 65, 2, 16, 19},     Issuer{62, 62, 2, 16, 19},   Issuer{5018, 5018, 4, 12, 19},
    Issuer{5020, 5020, 4, 12, 19}, Issuer{5038, 5038, 4, 12, 19}, Issuer{5893, 5893, 4, 12, 19}, Issuer{6304, 6304, 4, 12, 19},
    Issuer{6759, 6759, 4, 12, 19}, Issuer{6761, 6763, 4, 12, 19}, Issuer{2200, 2204, 4, 16, 19},
};

bool has_issuer(std::string_view digits) {
    for (const auto& one : issuers) {
        if (digits.size() < one.shortest || digits.size() > one.longest) continue;
        unsigned prefix = 0;
        for (std::size_t i = 0; i < one.digits; ++i) prefix = prefix * 10 + static_cast<unsigned>(digits[i] - '0');
        if (prefix >= one.from && prefix <= one.to) return true;
    }
    return false;
}

bool all_same(std::string_view digits) { return digits.find_first_not_of(digits.front()) == std::string_view::npos; }

}  // namespace

std::optional<Found> card(std::string_view text, std::size_t start) {
    const char before = before_or_space(text, start);
    // A digit after a point or comma may be a fraction; after a letter, part of some code.
    if (word_before(text, start) || (before == '.' && is_digit(before_or_space(text, start - 1)))) return std::nullopt;
    std::array<char, most_digits> digits;
    std::size_t count = 0, position = start, group = 0;
    char separator = '\0';
    std::optional<Found> best;
    const auto consider = [&](std::size_t end) {
        const std::string_view number(digits.data(), count);
        if (count >= 12 && !word_at(text, end) && has_issuer(number) && luhn(number) && !all_same(number))
            best = Found{start, end, separator ? 1.0F : 0.0F};
    };
    while (position < text.size()) {
        const char c = text[position];
        if (is_digit(c)) {
            if (count == most_digits) return separator ? best : std::nullopt;
            digits[count++] = c;
            ++group;
            ++position;
            continue;
        }
        if (group > 0) consider(position);
        const bool grouped = (c == ' ' || c == '-') && (separator == '\0' ? group == 4 : c == separator && group >= 4 && group <= 7);
        if (!grouped || !is_digit(at_or_space(text, position + 1))) break;
        separator = c;
        group = 0;
        ++position;
    }
    if (position == text.size() && group > 0) consider(position);
    return best;
}

}  // namespace bordergate::recognise
