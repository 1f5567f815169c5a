// The recognisers: each looks at one place of a text and says how far a match reaches. No allocation, no
// look further than Scanner::reach.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "config/words.hpp"
#include "filters/ascii.hpp"

namespace bordergate {

struct Found {
    std::size_t begin = 0;
    std::size_t end = 0;
    float score = 0;  ///< 0: what stands near it decides
};

namespace recognise {

/// An e-mail address around the `@` at `at`.
std::optional<Found> email(std::string_view text, std::size_t at);
/// A payment card that starts with the digit at `start`: issuer range, length and Luhn. In groups it is one; of bare digits
/// one in fifty random ones looks like it, so what stands near them decides, or that they are all that a field holds.
std::optional<Found> card(std::string_view text, std::size_t start);
/// An IBAN whose check digits start at `digits`: country, length and mod 97.
std::optional<Found> iban(std::string_view text, std::size_t digits);
/// An IPv4 address that starts with the digit at `start`.
std::optional<Found> ipv4(std::string_view text, std::size_t start);
/// An IPv6 address around the `:` at `colon`.
std::optional<Found> ipv6(std::string_view text, std::size_t colon);
/// An address with a scheme and a password in it (`scheme://user:password@host`) around the `:` at
/// `colon`, through its host and port.
std::optional<Found> connection(std::string_view text, std::size_t colon);
/// An address with a scheme around the `:` at `colon`.
std::optional<Found> url(std::string_view text, std::size_t colon);
/// A hardware address (IEEE 802) around the hex digit, `:` or `-` at `at`.
std::optional<Found> mac(std::string_view text, std::size_t at);
/// A date whose first digit is at `start`; the name of a month may stand before it. With the time of day behind it.
std::optional<Found> date(std::string_view text, std::size_t start);
/// A telephone number that starts at `start` with `+`, `(` or a digit. With `+` it has a country
/// code and a length of that country; national forms need a telling shape or a context word before them.
std::optional<Found> phone(std::string_view text, std::size_t start);

}  // namespace recognise

// Characters, as recognisers classify them.
/// A letter or digit, any byte of a non-ASCII character included: what a word is made of.
constexpr bool is_word(char c) { return is_digit(c) || is_letter(c) || static_cast<unsigned char>(c) >= 0x80; }
constexpr bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
/// The character at `position`, or a space beyond either end.
constexpr char at_or_space(std::string_view text, std::size_t position) { return position < text.size() ? text[position] : ' '; }
constexpr char before_or_space(std::string_view text, std::size_t position) { return position > 0 ? text[position - 1] : ' '; }

/// Whether the character that ends at `position` would make one word with what stands behind it.
inline bool word_before(std::string_view text, std::size_t position) {
    if (position == 0 || static_cast<unsigned char>(text[position - 1]) < 0x80) return is_word(before_or_space(text, position));
    std::size_t lead = position - 1;
    for (int i = 0; i < 3 && lead > 0 && (static_cast<unsigned char>(text[lead]) & 0xc0) == 0x80; ++i) --lead;
    return !breaks_words(text, lead);
}
/// Whether the character at `position` would make one word with what stands before it.
inline bool word_at(std::string_view text, std::size_t position) {
    const char c = at_or_space(text, position);
    return static_cast<unsigned char>(c) < 0x80 ? is_word(c) : !breaks_words(text, position);
}

}  // namespace bordergate
