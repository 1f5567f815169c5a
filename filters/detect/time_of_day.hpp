// Times of day behind a date, as they are written: `T10:15:30.123Z`, ` 10:15`, `, 2:30 PM`, ` um 14:30 Uhr`, ` à 14h30`.
#pragma once

#include <cstddef>
#include <string_view>

#include "filters/ascii.hpp"

namespace bordergate::recognise {

/// The number that up to `most` digits at `at` make, which moves behind them; how many there were goes to `count`.
constexpr unsigned figure(std::string_view text, std::size_t& at, std::size_t most, std::size_t& count) {
    unsigned made = 0;
    for (count = 0; count < most && at < text.size() && is_digit(text[at]); ++count, ++at) made = made * 10 + static_cast<unsigned>(text[at] - '0');
    return made;
}

/// Behind the blank at `at`: a space, or one that keeps what it parts on one line (U+00A0, U+202F). `at` if there is none.
constexpr std::size_t behind_blank(std::string_view text, std::size_t at) {
    const auto rest = text.substr(at < text.size() ? at : text.size());
    if (rest.starts_with(' ')) return at + 1;
    if (rest.starts_with("\xc2\xa0")) return at + 2;
    return rest.starts_with("\xe2\x80\xaf") ? at + 3 : at;
}

/// Behind the time of day that stands at `at`, right behind a date, with its zone; `at` if there is none.
std::size_t behind_time(std::string_view text, std::size_t at);

}  // namespace bordergate::recognise
