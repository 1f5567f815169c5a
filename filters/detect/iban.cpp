#include <algorithm>

#include "filters/detect/checksums.hpp"
#include "filters/detect/recognisers.hpp"

namespace bordergate::recognise {

namespace {

struct Country {
    std::string_view code;
    std::size_t length;
};

/// Lengths from the IBAN registry (SWIFT, ISO 13616), sorted by code.
constexpr std::array countries{
    Country{"AD", 24}, Country{"AE", 23}, Country{"AL", 28}, Country{"AT", 20}, Country{"AZ", 28}, Country{"BA", 20}, Country{"BE", 16},
    Country{"BG", 22}, Country{"BH", 22}, Country{"BI", 27}, Country{"BR", 29}, Country{"BY", 28}, Country{"CH", 21}, Country{"CR", 22},
    Country{"CY", 28}, Country{"CZ", 24}, Country{"DE", 22}, Country{"DJ", 27}, Country{"DK", 18}, Country{"DO", 28}, Country{"EE", 20},
    Country{"EG", 29}, Country{"ES", 24}, Country{"FI", 18}, Country{"FK", 18}, Country{"FO", 18}, Country{"FR", 27}, Country{"GB", 22},
    Country{"GE", 22}, Country{"GI", 23}, Country{"GL", 18}, Country{"GR", 27}, Country{"GT", 28}, Country{"HR", 21}, Country{"HU", 28},
    Country{"IE", 22}, Country{"IL", 23}, Country{"IQ", 23}, Country{"IS", 26}, Country{"IT", 27}, Country{"JO", 30}, Country{"KW", 30},
    Country{"KZ", 20}, Country{"LB", 28}, Country{"LC", 32}, Country{"LI", 21}, Country{"LT", 20}, Country{"LU", 20}, Country{"LV", 21},
    Country{"LY", 25}, Country{"MC", 27}, Country{"MD", 24}, Country{"ME", 22}, Country{"MK", 19}, Country{"MN", 20}, Country{"MR", 27},
    Country{"MT", 31}, Country{"MU", 30}, Country{"NI", 28}, Country{"NL", 18}, Country{"NO", 15}, Country{"OM", 23}, Country{"PK", 24},
    Country{"PL", 28}, Country{"PS", 29}, Country{"PT", 25}, Country{"QA", 29}, Country{"RO", 24}, Country{"RS", 22}, Country{"RU", 33},
    Country{"SA", 24}, Country{"SC", 31}, Country{"SD", 18}, Country{"SE", 24}, Country{"SI", 19}, Country{"SK", 24}, Country{"SM", 27},
    Country{"SO", 23}, Country{"ST", 25}, Country{"SV", 28}, Country{"TL", 23}, Country{"TN", 24}, Country{"TR", 26}, Country{"UA", 29},
    Country{"VA", 22}, Country{"VG", 24}, Country{"XK", 20}, Country{"YE", 30},
};


}  // namespace

std::optional<Found> iban(std::string_view text, std::size_t digits) {
    if (digits < 2 || !is_letter(text[digits - 1]) || !is_letter(text[digits - 2])) return std::nullopt;
    const std::size_t begin = digits - 2;
    if (word_before(text, begin)) return std::nullopt;
    std::array<char, 34> compact;
    const std::array<char, 2> code{upper(text[begin]), upper(text[begin + 1])};
    const std::string_view wanted(code.data(), 2);
    const auto country = std::lower_bound(countries.begin(), countries.end(), wanted, [](const auto& one, auto name) { return one.code < name; });
    if (country == countries.end() || country->code != wanted) return std::nullopt;
    std::size_t count = 0, position = begin;
    while (position < text.size() && count < country->length) {
        const char c = text[position];
        if (is_letter(c) || is_digit(c)) {
            compact[count++] = upper(c);
        } else if (!((c == ' ' || c == '-') && count % 4 == 0 && count > 0)) {
            return std::nullopt;
        }
        ++position;
    }
    if (count != country->length || word_at(text, position)) return std::nullopt;
    if (!iban_mod97({compact.data(), count})) return std::nullopt;
    return Found{begin, position, 1.0F};
}

}  // namespace bordergate::recognise
