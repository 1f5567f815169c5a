// Dates of the years 1000 to 2999, and times of day behind them: ISO 8601 and RFC 3339, in figures with points, slashes or
// hyphens, in Chinese, Japanese and Korean, and with the names of months.
#include <algorithm>
#include <array>
#include <initializer_list>
#include <set>
#include <string>

#include "config/utf8.hpp"
#include "config/words.hpp"
#include "filters/detect/check_digits.hpp"
#include "filters/detect/months.hpp"
#include "filters/detect/recognisers.hpp"
#include "filters/detect/time_of_day.hpp"

namespace bordergate::recognise {

namespace {

constexpr float certain = 0.7F;

bool stands_at(std::string_view text, std::size_t at, std::string_view what) { return at < text.size() && text.substr(at).starts_with(what); }

bool year(unsigned number, std::size_t count) { return count == 4 && number >= 1000 && number < 3000; }

/// Whether figures go on beyond [begin, end), joined as those of the date are by `joint`, or by a point.
bool goes_on(std::string_view text, std::size_t begin, std::size_t end, char joint) {
    const auto joins = [joint](char c) { return c == '.' || (c == joint && (c == '-' || c == '/')); };
    return (joins(at_or_space(text, end)) && is_digit(at_or_space(text, end + 1))) || (joins(before_or_space(text, begin)) && begin > 1 && is_digit(text[begin - 2]));
}

/// The date [begin, end), whose figures `joint` parts, with the time of day behind it; nothing if it is part of more.
std::optional<Found> whole(std::string_view text, std::size_t begin, std::size_t end, char joint, float score = certain) {
    if (word_before(text, begin)) return std::nullopt;
    const auto fits = [&](std::size_t last) { return !word_at(text, last) && !goes_on(text, begin, last, joint); };
    if (const auto last = behind_time(text, end); last > end && fits(last)) return Found{begin, last, score};
    return fits(end) ? std::optional(Found{begin, end, score}) : std::nullopt;
}

/// The end of the word of letters that begins at `at`, as far as the name of a month goes.
std::size_t word_end(std::string_view text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() && end - at <= longest_month_name && word_at(text, end) && !is_digit(text[end]) && behind_blank(text, end) == end)
        for (++end; end < text.size() && continues_utf8(text[end]);) ++end;
    return end;
}

std::size_t word_begin(std::string_view text, std::size_t end) {
    std::size_t begin = end;
    while (begin > 0 && end - begin <= longest_month_name && word_before(text, begin) && !is_digit(text[begin - 1]))
        for (--begin; begin > 0 && continues_utf8(text[begin]);) --begin;
    return begin;
}

/// Behind the first of `words` that stands at `at`; `at` if none does.
template <std::size_t count>
std::size_t behind_any(std::string_view text, std::size_t at, const std::array<std::string_view, count>& words) {
    for (const auto word : words)
        if (stands_at(text, at, word)) return at + word.size();
    return at;
}

constexpr auto ordinals = std::to_array<std::string_view>({"st", "nd", "rd", "th", "er", "º", "ª", "°"});
constexpr auto links = std::to_array<std::string_view>({"of ", "de ", "del "});

/// Whether the name of a month beside a day says without a year that it is one.
bool says_month(std::string_view name, MonthName how) {
    const char first = name.front();
    return how == MonthName::full || (how == MonthName::brief && !(first >= 'a' && first <= 'z'));
}

/// `12 March 2024`, `12. März 2024`, `1er mars 2024`, `12 de marzo de 2024`, `12th of March, 2024`, `12-Mar-24`,
/// `12/Mar/2024:10:15:30 +0000`: from behind the day.
std::optional<Found> day_first(std::string_view text, std::size_t begin, std::size_t at, unsigned day) {
    const std::size_t ordinal = at_or_space(text, at) == '.' ? at + 1 : behind_any(text, at, ordinals);
    std::size_t position = behind_blank(text, ordinal), count = 0;
    char joint = ' ';
    if (position == ordinal) {
        joint = at_or_space(text, ordinal);
        if (joint == '-' || joint == '/') ++position;
        else if (ordinal == at || text[ordinal - 1] != '.') return std::nullopt;
        else joint = '.';
    }
    position = behind_any(text, position, links);
    const std::size_t end = word_end(text, position);
    const auto name = text.substr(position, end - position);
    const auto [month, how] = month_named(name);
    if (!check_digits::date(day, month)) return std::nullopt;
    position = end;
    if (const char c = at_or_space(text, position); c == ',' || c == '.') ++position;
    const std::size_t blank = behind_blank(text, position);
    const bool same = joint != ' ' && at_or_space(text, position) == joint;
    if (blank > position || same || text[position - 1] == '.') {
        position = behind_any(text, same ? position + 1 : blank, links);
        const unsigned number = figure(text, position, 4, count);
        if (year(number, count) || (same && joint == '-' && count == 2)) return whole(text, begin, position, joint);
    }
    if (!says_month(name, how)) return std::nullopt;
    return whole(text, begin, end, joint);
}

/// `March 12, 2024`, `Mar 12th 2024`, `Mar 12 10:15:30 2024`: around the day at `digit`, from behind it.
std::optional<Found> month_first(std::string_view text, std::size_t digit, std::size_t at, unsigned day) {
    if (digit < 4 || text[digit - 1] != ' ') return std::nullopt;
    const std::size_t name_end = text[digit - 2] == '.' ? digit - 2 : digit - 1, begin = word_begin(text, name_end);
    const auto name = text.substr(begin, name_end - begin);
    const auto [month, how] = month_named(name);
    if (!check_digits::date(day, month)) return std::nullopt;
    const std::size_t ordinal = behind_any(text, at, ordinals);
    const auto year_behind = [text](std::size_t from) {
        std::size_t position = behind_blank(text, at_or_space(text, from) == ',' ? from + 1 : from), count = 0;
        const bool parted = position > from;
        const unsigned number = figure(text, position, 4, count);
        return parted && year(number, count) && !is_digit(at_or_space(text, position)) ? position : from;
    };
    if (const auto end = year_behind(ordinal); end > ordinal) return whole(text, begin, end, ' ');
    if (const auto time = behind_time(text, at); time > at)
        if (const auto end = year_behind(time); end > time) return whole(text, begin, end, ' ');
    // "may 5" may be anything.
    if (how == MonthName::vague || (name.front() >= 'a' && name.front() <= 'z')) return std::nullopt;
    return whole(text, begin, ordinal, ' ');
}

/// `2024年3月12日`, `2024년 3월 12일`: from behind the year.
std::optional<Found> in_characters(std::string_view text, std::size_t begin, std::size_t at) {
    constexpr auto years = std::to_array<std::string_view>({"年", "년"}), months = std::to_array<std::string_view>({"月", "월"});
    constexpr auto days = std::to_array<std::string_view>({"日", "号", "일"});
    std::size_t position = behind_any(text, at, years), count = 0;
    if (position == at) return std::nullopt;
    const unsigned month = figure(text, position = behind_blank(text, position), 2, count);
    std::size_t behind = behind_any(text, position, months);
    if (behind == position) return std::nullopt;
    const unsigned day = figure(text, position = behind_blank(text, behind), 2, count);
    behind = behind_any(text, position, days);
    if (behind == position || !check_digits::date(day, month)) return std::nullopt;
    // Whatever character follows, a word of them is not spelled out.
    const auto time = behind_time(text, behind);
    return Found{begin, word_at(text, time) ? behind : time, certain};
}

/// 2024-03-12, 2024/3/12, `2024. 3. 12`, `2024. március 12`, 2024-Mar-12, 2024-W11-2: from behind the year.
std::optional<Found> year_first(std::string_view text, std::size_t begin, std::size_t at) {
    const char joint = at_or_space(text, at);
    const bool parts = joint == '-' || joint == '/' || joint == '.';
    std::size_t position = joint == '-' || joint == '/' ? at + 1 : behind_blank(text, parts ? at + 1 : at), count = 0;
    if (position == at) return std::nullopt;
    if (joint == '-' && at_or_space(text, position) == 'W') {
        const unsigned week = figure(text, ++position, 2, count);
        if (count != 2 || week < 1 || week > 53) return std::nullopt;
        if (at_or_space(text, position) == '-' && is_digit(at_or_space(text, position + 1))) position += 2;
        return whole(text, begin, position, joint);
    }
    if (!is_digit(at_or_space(text, position))) {
        const auto end = word_end(text, position);
        const auto name = text.substr(position, end - position);
        const auto [month, how] = month_named(name);
        if (month == 0 || !says_month(name, how)) return std::nullopt;
        position = at_or_space(text, end) == joint && joint == '-' ? end + 1 : behind_blank(text, end);
        const unsigned day = figure(text, position, 2, count);
        return count > 0 && check_digits::date(day, month) ? whole(text, begin, position, joint) : std::nullopt;
    }
    if (!parts) return std::nullopt;
    bool padded = joint != '.' || position > at + 1;  // 2024.3.1 may be a version
    const unsigned month = figure(text, position, 2, count);
    padded = padded || count == 2;
    if (count == 0 || at_or_space(text, position) != joint) return std::nullopt;
    const std::size_t day_begin = joint == '.' ? behind_blank(text, position + 1) : position + 1;
    const unsigned day = figure(text, position = day_begin, 2, count);
    return count > 0 && check_digits::date(day, month) ? whole(text, begin, position, joint, padded ? certain : 0) : std::nullopt;
}

/// 12.03.2024, 12/03/2024, 03/12/2024, `12. 3. 2024`, and of two-digit years what can be nothing else (03/12/24, or what a
/// word such as "born" announces): from behind the first figure.
std::optional<Found> year_last(std::string_view text, std::size_t begin, std::size_t at, unsigned first) {
    const char joint = at_or_space(text, at);
    if (joint != '.' && joint != '/' && joint != '-') return std::nullopt;
    const auto behind_joint = [&](std::size_t place) { return joint == '.' ? behind_blank(text, place + 1) : place + 1; };
    std::size_t position = behind_joint(at), count = 0;
    const bool parted = position > at + 1;
    const std::size_t second_begin = position;
    const unsigned second = figure(text, position, 2, count);
    if (count == 0 || at_or_space(text, position) != joint) return std::nullopt;
    const bool padded = at - begin == 2 && count == 2 && (text[begin] == '0' || text[second_begin] == '0');
    position = behind_joint(position);
    const unsigned number = figure(text, position, 4, count);
    const bool possible = check_digits::date(first, second) || (joint != '.' && check_digits::date(second, first));
    if (!possible) return std::nullopt;
    if (year(number, count)) return whole(text, begin, position, joint);
    if (count != 2 || parted) return std::nullopt;
    return whole(text, begin, position, joint, padded && joint == '/' ? certain : 0);
}

/// `20240312T101530Z`: from behind its eight digits.
std::optional<Found> compact(std::string_view text, std::size_t begin) {
    std::size_t position = begin, count = 0;
    const unsigned number = figure(text, position, 4, count);
    if (!year(number, count)) return std::nullopt;
    const unsigned month = figure(text, position, 2, count), day = figure(text, position, 2, count);
    const auto end = behind_time(text, position);
    if (count != 2 || at_or_space(text, position) != 'T' || end == position || !check_digits::date(day, month)) return std::nullopt;
    return whole(text, begin, position, '-');
}

/// As words are compared.
std::set<std::string> folded(std::initializer_list<std::string_view> words) {
    std::set<std::string> all;
    for (const auto one : words) {
        std::string word;
        fold_word(one, word);
        all.insert(std::move(word));
    }
    return all;
}

/// Whether a number with points follows a word that says that it is no date: `version 12.3.2024`.
bool follows_version(std::string_view text, std::size_t start) {
    static const auto words = folded({"version", "versions", "versión", "versione", "versão", "versie", "wersja", "verze", "release", "ver", "build", "firmware"});
    std::size_t end = start;
    while (end > 0 && (text[end - 1] == ' ' || text[end - 1] == '.' || text[end - 1] == ':' || text[end - 1] == '=') && start - end < 2) --end;
    std::size_t begin = end;
    while (begin > 0 && end - begin < 10 && is_word(text[begin - 1])) --begin;
    if (begin == end || end == start) return false;
    thread_local std::string word;
    word.clear();
    fold_word(text.substr(begin, end - begin), word);
    return words.contains(word);
}

}  // namespace

std::optional<Found> date(std::string_view text, std::size_t start) {
    constexpr std::size_t all_digits = 8;
    if (word_before(text, start)) return std::nullopt;
    std::size_t at = start, count = 0;
    const unsigned first = figure(text, at, all_digits, count);
    if (count == all_digits) return compact(text, start);
    if (is_digit(at_or_space(text, at)) || count == 3 || count > 4) return std::nullopt;
    std::optional<Found> found;
    if (count == 4) {
        if (!year(first, count)) return std::nullopt;
        found = year_first(text, start, at);
        if (!found) return in_characters(text, start, at);
    } else {
        found = year_last(text, start, at, first);
        if (!found) found = day_first(text, start, at, first);
        if (!found) return month_first(text, start, at, first);
    }
    const bool points = at_or_space(text, at) == '.' && is_digit(at_or_space(text, at + 1));
    return points && follows_version(text, start) ? std::nullopt : found;
}

}  // namespace bordergate::recognise
