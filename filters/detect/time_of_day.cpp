#include "filters/detect/time_of_day.hpp"

#include <array>

#include "filters/detect/recognisers.hpp"

namespace bordergate::recognise {

namespace {

/// What may stand between a date and its time; the longer of two that begin alike first.
constexpr auto joints = std::to_array<std::string_view>({"at ", "um ", "alle ore ", "alle ", "ore ", "a las ", "às ", "as ", "à ", "om ", "o godz. ", "godz. ", "o ", "klokken ", "klo ", "kl. ", "kl ", "saat ", "στις ", "в ", "о "});
constexpr auto units = std::to_array<std::string_view>({" Uhr", " uur", " hrs", " h"});

/// Behind a word in any case, of ASCII; `at` if it does not stand there as a whole.
std::size_t behind_word(std::string_view text, std::size_t at, std::string_view word) {
    if (text.size() - at < word.size()) return at;
    for (std::size_t i = 0; i < word.size(); ++i) {
        const char c = text[at + i];
        if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != word[i]) return at;
    }
    return word_at(text, at + word.size()) ? at : at + word.size();
}

/// Behind `AM`, `p.m.` and the like at `at`, with a blank before it or none.
std::size_t behind_half(std::string_view text, std::size_t at) {
    const auto from = behind_blank(text, at);
    for (const std::string_view half : {"a.m.", "p.m.", "am", "pm"})
        if (const auto end = behind_word(text, from, half); end > from) return end;
    return at;
}

/// Behind `Z`, `+02:00`, ` +0000`, ` UTC` at `at`.
std::size_t behind_zone(std::string_view text, std::size_t at) {
    const char zone = at_or_space(text, at);
    if ((zone == 'Z' || zone == 'z') && !word_at(text, at + 1)) return at + 1;
    const auto from = behind_blank(text, at);
    for (const std::string_view name : {"utc", "gmt", "cet", "cest", "est", "edt", "pst", "pdt"})
        if (const auto end = from > at ? behind_word(text, from, name) : from; end > from) return end;
    const char sign = at_or_space(text, from);
    if (sign != '+' && sign != '-') return at;
    std::size_t position = from + 1, count = 0;
    constexpr unsigned furthest = 14;  // hours from UTC
    if (figure(text, position, 2, count) > furthest || count != 2) return at;
    const std::size_t hours = position;
    if (at_or_space(text, position) == ':') ++position;
    figure(text, position, 2, count);
    if (count == 2) return position;
    return from == at && count == 0 ? hours : at;
}

/// Where the hour begins behind a date at `at`; `worded`: a word says that it is one. `at` if there can be none.
std::size_t hour_begin(std::string_view text, std::size_t at, bool& worded) {
    const char c = at_or_space(text, at);
    if (c == 'T' || c == 't') return at + 1;
    if (c == ':' && is_digit(at_or_space(text, at + 1))) return at + 1;  // of a server's log
    const std::size_t comma = c == ',' || c == '.' ? at + 1 : at;  // `2024. 03. 12. 14:30`
    const std::size_t from = behind_blank(text, comma);
    if (from == comma) return at;
    for (const auto word : joints)
        if (text.substr(from).starts_with(word)) {
            worded = true;
            return from + word.size();
        }
    return from;
}

/// Behind the minutes, seconds and their fraction that follow an hour with the sign that stands at `at`.
std::size_t behind_minutes(std::string_view text, std::size_t at) {
    const char sign = text[at];
    std::size_t end = at, position = at, count = 0;
    for (int part = 0; part < 2 && at_or_space(text, position) == sign; ++part) {
        ++position;
        if (figure(text, position, 2, count) > 60 || count != 2) return end;
        end = position;
    }
    const char point = at_or_space(text, end);
    if (sign != ':' || (point != '.' && point != ',') || !is_digit(at_or_space(text, end + 1))) return end;
    ++position;
    figure(text, position, 9, count);
    return position;
}

std::size_t behind_unit(std::string_view text, std::size_t at) {
    for (const auto unit : units)
        if (text.substr(at).starts_with(unit) && !word_at(text, at + unit.size())) return at + unit.size();
    return at;
}

/// Behind `14h30`, `14 h 30` or `14h`, of which the hour ends at `at`; `at` if it does not go on so.
std::size_t behind_hours(std::string_view text, std::size_t at) {
    const std::size_t letter = behind_blank(text, at);
    if (at_or_space(text, letter) != 'h') return at;
    std::size_t end = letter == at ? letter + 1 : behind_blank(text, letter + 1), count = 0;
    if (figure(text, end, 2, count) > 59 || count != 2) end = letter + 1;
    return word_at(text, end) ? at : end;
}

/// Behind what a person writes at `at`: `10:15:30.5`, `14.30 Uhr`, `2:30 PM`, `14h30`; `at` if it is no time.
std::size_t behind_clock(std::string_view text, std::size_t at, bool worded) {
    std::size_t hours = at, count = 0;
    if (figure(text, hours, 2, count) > 24 || count == 0) return at;
    const char sign = at_or_space(text, hours);
    if (sign == ':' || (sign == '.' && worded)) {
        const auto end = behind_minutes(text, hours);
        if (end == hours) return at;
        const auto half = behind_half(text, end);
        return half > end ? half : behind_unit(text, end);
    }
    if (const auto end = behind_hours(text, hours); end > hours) return end;
    if (const auto end = behind_half(text, hours); end > hours) return end;
    // A bare hour is one if what stands around it says so.
    const auto end = worded ? behind_unit(text, hours) : hours;
    return end > hours ? end : at;
}

/// Behind what a machine writes at `at`: `10:15:30.5`, `101530`; `at` if it is no time.
std::size_t behind_digits(std::string_view text, std::size_t at) {
    std::size_t position = at, count = 0;
    if (figure(text, position, 2, count) > 24 || count != 2) return at;
    if (at_or_space(text, position) == ':') {
        const auto end = behind_minutes(text, position);
        return end > position ? end : at;
    }
    std::size_t end = at;
    for (int part = 0; part < 2 && figure(text, position, 2, count) < 61 && count == 2; ++part) end = position;
    return end;
}

}  // namespace

std::size_t behind_time(std::string_view text, std::size_t at) {
    bool worded = false;
    const std::size_t begin = hour_begin(text, at, worded);
    if (begin == at) return at;
    const bool of_machine = text[at] == 'T' || text[at] == 't' || text[at] == ':';
    const std::size_t end = of_machine ? behind_digits(text, begin) : behind_clock(text, begin, worded);
    return end == begin ? at : behind_zone(text, end);
}

}  // namespace bordergate::recognise
