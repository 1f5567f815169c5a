// Dates of the years 1000 to 2999, and times of day behind them: ISO 8601 and RFC 3339, in figures with points, slashes or
// hyphens, and with the names of months.
#include <algorithm>

#include "filters/detect/check_digits.hpp"
#include "filters/detect/recognisers.hpp"

namespace bordergate::recognise {

namespace {

struct Month {
    std::string_view name;
    unsigned number;
};

/// English, German, French, Spanish, Italian, Dutch, Portuguese; what English abbreviates. In lower case, sorted.
constexpr auto months = std::to_array<Month>({
    {"abril", 4}, {"agosto", 8}, {"août", 8}, {"apr", 4}, {"april", 4}, {"aprile", 4}, {"aug", 8}, {"august", 8},
    {"augustus", 8}, {"avril", 4}, {"dec", 12}, {"december", 12}, {"dez", 12}, {"dezember", 12}, {"dezembro", 12}, {"dicembre", 12},
    {"diciembre", 12}, {"décembre", 12}, {"enero", 1}, {"feb", 2}, {"febbraio", 2}, {"febrero", 2}, {"februar", 2}, {"februari", 2},
    {"february", 2}, {"fevereiro", 2}, {"février", 2}, {"gennaio", 1}, {"giugno", 6}, {"jan", 1}, {"janeiro", 1}, {"januar", 1},
    {"januari", 1}, {"january", 1}, {"janvier", 1}, {"juillet", 7}, {"juin", 6}, {"jul", 7}, {"julho", 7}, {"juli", 7},
    {"julio", 7}, {"july", 7}, {"jun", 6}, {"june", 6}, {"junho", 6}, {"juni", 6}, {"junio", 6}, {"jänner", 1},
    {"luglio", 7}, {"maart", 3}, {"maggio", 5}, {"mai", 5}, {"maio", 5}, {"mar", 3}, {"march", 3}, {"mars", 3},
    {"marzo", 3}, {"março", 3}, {"may", 5}, {"mayo", 5}, {"mei", 5}, {"mrt", 3}, {"märz", 3}, {"nov", 11},
    {"november", 11}, {"novembre", 11}, {"novembro", 11}, {"noviembre", 11}, {"oct", 10}, {"october", 10}, {"octobre", 10}, {"octubre", 10},
    {"okt", 10}, {"oktober", 10}, {"ottobre", 10}, {"outubro", 10}, {"sep", 9}, {"sept", 9}, {"september", 9}, {"septembre", 9},
    {"septiembre", 9}, {"setembro", 9}, {"settembre", 9},
});
static_assert(std::is_sorted(months.begin(), months.end(), [](const Month& a, const Month& b) { return a.name < b.name; }));
constexpr std::size_t longest_name = 10;

/// The month that `word` names; 0: none.
unsigned month_named(std::string_view word) {
    if (word.size() < 3 || word.size() > longest_name) return 0;
    std::array<char, longest_name> lower;
    for (std::size_t i = 0; i < word.size(); ++i) {
        const char c = word[i];
        // The capitals of é, ä, û and ç differ from them in one bit of their second byte.
        const bool capital = (c >= 'A' && c <= 'Z') || (i > 0 && word[i - 1] == '\xc3' && static_cast<unsigned char>(c) < 0xa0);
        lower[i] = capital ? static_cast<char>(static_cast<unsigned char>(c) | 0x20U) : c;
    }
    const std::string_view wanted(lower.data(), word.size());
    const auto* const found = std::lower_bound(months.begin(), months.end(), wanted, [](const Month& one, std::string_view name) { return one.name < name; });
    return found != months.end() && found->name == wanted ? found->number : 0;
}

bool stands_at(std::string_view text, std::size_t at, std::string_view what) { return at < text.size() && text.substr(at).starts_with(what); }

/// Up to `most` digits at `at`, which moves behind them; how many there were goes to `count`.
unsigned figure(std::string_view text, std::size_t& at, std::size_t most, std::size_t& count) {
    unsigned made = 0;
    for (count = 0; count < most && is_digit(at_or_space(text, at)); ++count, ++at) made = made * 10 + check_digits::value(text[at]);
    return made;
}

bool year(unsigned number, std::size_t count) { return count == 4 && number >= 1000 && number < 3000; }

/// Behind the time of day at `at`, if one is there: `T10:15:30.123Z`, ` 10:15`, `+02:00`.
std::size_t behind_time(std::string_view text, std::size_t at) {
    const char joint = at_or_space(text, at);
    if (joint != 'T' && joint != 't' && joint != ' ') return at;
    std::size_t position = at + 1, count = 0;
    if (figure(text, position, 2, count) > 24 || count != 2 || at_or_space(text, position) != ':') return at;
    std::size_t end = at;
    for (int part = 0; part < 2 && at_or_space(text, position) == ':'; ++part) {
        ++position;
        if (figure(text, position, 2, count) > 60 || count != 2) return end;
        end = position;
    }
    if (at_or_space(text, position) == '.' && is_digit(at_or_space(text, position + 1))) {
        ++position;
        figure(text, position, 9, count);
        end = position;
    }
    const char zone = at_or_space(text, end);
    if (zone == 'Z' || zone == 'z') return end + 1;
    if (zone != '+' && zone != '-') return end;
    position = end + 1;
    if (figure(text, position, 2, count) > 14 || count != 2) return end;
    if (at_or_space(text, position) == ':') ++position;
    figure(text, position, 2, count);
    return count == 2 ? position : end;
}

std::optional<Found> whole(std::string_view text, std::size_t begin, std::size_t end) {
    const char behind = at_or_space(text, end);
    if (word_at(text, end) || ((behind == '-' || behind == '/' || behind == '.') && is_digit(at_or_space(text, end + 1)))) return std::nullopt;
    return Found{begin, end, 0.7F};
}

/// The word that ends before `end`, and where it begins.
std::size_t word_begin(std::string_view text, std::size_t end) {
    std::size_t begin = end;
    while (begin > 0 && end - begin <= longest_name && is_word(text[begin - 1]) && !is_digit(text[begin - 1])) --begin;
    return begin;
}

/// `12 March 2024`, `12. März 2024`, `1er mars 2024`, `12 de marzo de 2024`, `12th of March, 2024`: from behind the day.
std::optional<Found> day_first(std::string_view text, std::size_t begin, std::size_t at, unsigned day) {
    for (const std::string_view suffix : {"st", "nd", "rd", "th", "er", "º", "."})
        if (stands_at(text, at, suffix)) {
            at += suffix.size();
            break;
        }
    const auto joint = at_or_space(text, at);
    if ((joint != ' ' && joint != '-') || at + 1 >= text.size()) return std::nullopt;
    ++at;
    for (const std::string_view small : {"of ", "de "})
        if (stands_at(text, at, small)) at += small.size();
    std::size_t end = at, count = 0;
    while (end < text.size() && end - at <= longest_name && is_word(text[end]) && !is_digit(text[end])) ++end;
    const unsigned month = month_named(text.substr(at, end - at));
    if (!check_digits::date(day, month)) return std::nullopt;
    std::size_t position = end;
    if (const char c = at_or_space(text, position); c == ',' || c == '.') ++position;
    if (const char c = at_or_space(text, position); c != ' ' && c != '-') return whole(text, begin, end);
    ++position;
    for (const std::string_view small : {"de ", "del "})
        if (stands_at(text, position, small)) position += small.size();
    const unsigned number = figure(text, position, 4, count);
    if (!year(number, count)) return whole(text, begin, end);
    return whole(text, begin, behind_time(text, position));
}

/// `March 12, 2024`, `Mar 12th 2024`: around the day at `digit`, from behind it.
std::optional<Found> month_first(std::string_view text, std::size_t digit, std::size_t at, unsigned day) {
    if (digit < 4 || text[digit - 1] != ' ') return std::nullopt;
    const std::size_t name_end = text[digit - 2] == '.' ? digit - 2 : digit - 1, begin = word_begin(text, name_end);
    if (!check_digits::date(day, month_named(text.substr(begin, name_end - begin)))) return std::nullopt;
    for (const std::string_view suffix : {"st", "nd", "rd", "th"})
        if (stands_at(text, at, suffix)) {
            at += suffix.size();
            break;
        }
    std::size_t position = at, count = 0;
    if (at_or_space(text, position) == ',') ++position;
    if (at_or_space(text, position) == ' ') {
        ++position;
        if (const unsigned number = figure(text, position, 4, count); year(number, count)) return whole(text, begin, behind_time(text, position));
    }
    // "may 5" may be anything.
    return text[begin] >= 'a' && text[begin] <= 'z' ? std::nullopt : whole(text, begin, at);
}

}  // namespace

std::optional<Found> date(std::string_view text, std::size_t start) {
    const char before = before_or_space(text, start);
    if (word_before(text, start) || ((before == '-' || before == '/' || before == '.') && is_digit(before_or_space(text, start - 1)))) return std::nullopt;
    std::size_t at = start, count = 0;
    const unsigned first = figure(text, at, 4, count);
    const char joint = at_or_space(text, at);
    if (count > 2) {
        // 2024-03-12, 2024/03/12
        if (!year(first, count) || (joint != '-' && joint != '/' && joint != '.')) return std::nullopt;
        std::size_t position = at + 1;
        const unsigned month = figure(text, position, 2, count);
        if (count == 0 || at_or_space(text, position) != joint) return std::nullopt;
        const unsigned day = figure(text, ++position, 2, count);
        if (count == 0 || !check_digits::date(day, month)) return std::nullopt;
        return whole(text, start, behind_time(text, position));
    }
    if ((joint == '.' || joint == '/' || joint == '-') && is_digit(at_or_space(text, at + 1))) {
        // 12.03.2024, 12/03/2024, 03/12/2024
        std::size_t position = at + 1;
        const unsigned second = figure(text, position, 2, count);
        if (at_or_space(text, position) != joint) return std::nullopt;
        const unsigned number = figure(text, ++position, 4, count);
        const bool possible = check_digits::date(first, second) || (joint != '.' && check_digits::date(second, first));
        if (!possible || !year(number, count)) return std::nullopt;
        return whole(text, start, behind_time(text, position));
    }
    if (auto found = day_first(text, start, at, first)) return found;
    return month_first(text, start, at, first);
}

}  // namespace bordergate::recognise
