#include "filters/mask/written_date.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "filters/ascii.hpp"

namespace bordergate {

namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr int first_year = 1000, last_year = 2999;

struct MonthNames {
    std::array<std::string_view, 12> full;
    std::array<std::string_view, 12> brief;
};
constexpr std::array<MonthNames, 2> languages{{
    {{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
     {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}},
    {{"Januar", "Februar", "M\xc3\xa4rz", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"},
     {"Jan", "Feb", "M\xc3\xa4r", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"}},
}};

bool same_word(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

/// A name of a month: which, and how it is written. Names of both languages count as English.
struct Named {
    unsigned month = 0;
    const MonthNames* language = nullptr;
    bool brief = false;
};
Named month_named(std::string_view word) {
    for (const auto& language : languages)
        for (unsigned month = 1; month <= 12; ++month)
            for (bool brief : {false, true})
                if (same_word(word, (brief ? language.brief : language.full)[month - 1])) return {month, &language, brief};
    return {};
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && stop == text.data() + text.size() && !text.empty();
}

std::string digits_of(std::int64_t number, std::size_t width) {
    std::string text = std::to_string(number);
    if (text.size() < width) text.insert(0, width - text.size(), '0');
    return text;
}

bool in_range(year_month_day date) { return date.ok() && int(date.year()) >= first_year && int(date.year()) <= last_year; }

/// Where a run of characters for which `test` holds ends.
template <class Test>
std::size_t run(std::string_view text, std::size_t from, Test&& test) {
    while (from < text.size() && test(text[from])) ++from;
    return from;
}

int full_year(int year, std::size_t width) { return width != 2 ? year : year < 50 ? 2000 + year : 1900 + year; }

}  // namespace

std::optional<WrittenDate> WrittenDate::read(std::string_view text, bool month_first) {
    constexpr std::size_t longest = 64;
    if (text.empty() || text.size() > longest) return std::nullopt;
    WrittenDate made;
    made.text_ = text;
    if (made.read_epoch() || made.read_compact() || made.read_numbers(month_first) || made.read_names()) return made;
    return std::nullopt;
}

bool WrittenDate::set(int year, unsigned month, unsigned day) {
    date_ = year_month_day{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
    return in_range(date_);
}

/// Numbers with a dot, slash or minus between them.
bool WrittenDate::read_numbers(bool month_first) {
    const std::string_view text = text_;
    std::array<Part, 3> found{};
    std::array<int, 3> value{};
    std::size_t at = 0;
    char separator = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        const auto end = run(text, at, is_digit);
        if (end - at > 4 || !read_number(text.substr(at, end - at), value[i])) return false;
        found[i] = {Field::day, at, end};
        at = end;
        if (i == 2) break;
        if (at == text.size() || (text[at] != '.' && text[at] != '/' && text[at] != '-') || (i == 1 && text[at] != separator)) return false;
        separator = text[at++];
    }
    const auto width = [&](std::size_t i) { return found[i].end - found[i].begin; };
    std::array<std::size_t, 3> order{};  // of year, month, day
    if (width(0) == 4) {
        order = {0, 1, 2};
    } else if (width(2) == 4 || width(2) == 2) {
        const bool first_is_month = value[1] > 12 || (value[0] <= 12 && month_first && separator != '.');
        order = first_is_month ? std::array<std::size_t, 3>{2, 0, 1} : std::array<std::size_t, 3>{2, 1, 0};
    }
    if (order == std::array<std::size_t, 3>{} || width(order[1]) > 2 || width(order[2]) > 2) return false;
    found[order[0]].field = Field::year;
    found[order[1]].field = Field::month;
    padded_ = width(order[1]) == 2 && width(order[2]) == 2;
    parts_.assign(found.begin(), found.end());
    return set(full_year(value[order[0]], width(order[0])), static_cast<unsigned>(value[order[1]]), static_cast<unsigned>(value[order[2]])) && read_time(at);
}

/// A month by its name, before or after the day; the year comes last.
bool WrittenDate::read_names() {
    const std::string_view text = text_;
    parts_.clear();
    const auto in_word = [](char c) { return is_letter(c) || static_cast<unsigned char>(c) >= 0x80; };
    const auto between = [](char c) { return c == ' ' || c == '.' || c == ',' || c == '-'; };
    int day = 0, year = 0;
    Named month;
    std::size_t at = 0;
    for (int i = 0; i < 3; ++i) {
        if (i > 0) {
            const auto next = run(text, at, between);
            if (next == at || next - at > 2) return false;
            at = next;
        }
        const bool number = at < text.size() && is_digit(text[at]);
        const auto end = number ? run(text, at, is_digit) : run(text, at, in_word);
        const auto word = text.substr(at, end - at);
        if (!number) {
            month = month.month == 0 ? month_named(word) : Named{};
            if (month.month == 0) return false;
            parts_.push_back({Field::month_name, at, end});
        } else if (i == 2) {
            if (word.size() != 4 || !read_number(word, year)) return false;
            parts_.push_back({Field::year, at, end});
        } else {
            if (day != 0 || word.size() > 2 || !read_number(word, day)) return false;
            padded_ = word.size() == 2 && word.front() == '0';
            parts_.push_back({Field::day, at, end});
        }
        at = end;
    }
    return month.month != 0 && day > 0 && set(year, month.month, static_cast<unsigned>(day)) && read_time(at);
}

/// YYYYMMDD, or a year alone.
bool WrittenDate::read_compact() {
    const std::string_view text = text_;
    const auto end = run(text, 0, is_digit);
    int year = 0;
    unsigned month = 1, day = 1;
    if ((end != 4 && end != 8) || !read_number(text.substr(0, 4), year)) return false;
    style_ = end == 4 ? Style::year : Style::compact;
    if (end == 4) return text.size() == 4 && set(year, 1, 1);
    return read_number(text.substr(4, 2), month) && read_number(text.substr(6, 2), day) && set(year, month, day) && read_time(end);
}

bool WrittenDate::read_epoch() {
    constexpr std::int64_t day = 86'400;
    std::int64_t number = 0;
    if ((text_.size() != 10 && text_.size() != 13) || text_.front() == '0' || !is_digit(text_.front()) || !read_number(text_, number)) return false;
    const std::int64_t seconds = text_.size() == 13 ? number / 1000 : number;
    style_ = Style::epoch;
    date_ = year_month_day{sys_days(days(seconds / day))};
    hour_ = static_cast<int>(seconds % day / 3600);
    return true;
}

/// The time of day behind the date, if there is one, and nothing else.
bool WrittenDate::read_time(std::size_t from) {
    style_ = style_ == Style::compact ? style_ : Style::fields;
    const std::string_view rest = std::string_view(text_).substr(from);
    if (rest.empty()) return true;
    constexpr std::string_view allowed = "0123456789:.,+-TZ AaMmPp";
    int hour = 0;
    if (rest.size() < 3 || (rest.front() != 'T' && rest.front() != ' ') || rest.find_first_not_of(allowed) != std::string_view::npos) return false;
    const auto end = run(rest, 1, is_digit);
    if (!read_number(rest.substr(1, std::min<std::size_t>(2, end - 1)), hour) || hour > 24) return false;
    const bool half = rest.find_first_of("Pp") != std::string_view::npos, forenoon = !half && rest.find_first_of("Aa") != std::string_view::npos;
    if (half && hour < 12) hour += 12;
    if (forenoon && hour == 12) hour = 0;
    hour_ = hour % 24;
    return true;
}

std::string WrittenDate::written(const Part& part, year_month_day date) const {
    const auto before = std::string_view(text_).substr(part.begin, part.end - part.begin);
    const std::size_t width = padded_ ? 2 : 1;
    switch (part.field) {
        case Field::year: return before.size() == 2 ? digits_of(int(date.year()) % 100, 2) : digits_of(int(date.year()), 4);
        case Field::month: return digits_of(unsigned(date.month()), width);
        case Field::day: return digits_of(unsigned(date.day()), width);
        case Field::month_name: break;
    }
    const auto named = month_named(before);
    std::string name((named.brief ? named.language->brief : named.language->full)[unsigned(date.month()) - 1]);
    const bool all_upper = std::none_of(before.begin(), before.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    if (all_upper) for (auto& c : name) c = upper(c);
    if (lower(before.front()) == before.front()) name.front() = lower(name.front());
    return name;
}

std::optional<std::string> WrittenDate::shifted(std::int64_t by) const {
    constexpr std::int64_t most = 1'000'000, year_days = 365;
    if (by < -most || by > most) return std::nullopt;
    if (style_ == Style::year) {
        const std::int64_t years = by == 0 ? 0 : by > 0 ? std::max<std::int64_t>(1, by / year_days) : std::min<std::int64_t>(-1, by / year_days);
        const std::int64_t year = int(date_.year()) + years;
        return year >= first_year && year <= last_year ? std::optional(std::to_string(year)) : std::nullopt;
    }
    if (style_ == Style::epoch) {
        const std::int64_t unit = text_.size() == 13 ? 86'400'000 : 86'400;
        const auto moved = std::to_string(std::stoll(text_) + by * unit);
        return moved.size() == text_.size() && moved.front() != '-' ? std::optional(moved) : std::nullopt;
    }
    const year_month_day date{sys_days(date_) + days(by)};
    if (!in_range(date)) return std::nullopt;
    if (style_ == Style::compact)
        return digits_of(int(date.year()), 4) + digits_of(unsigned(date.month()), 2) + digits_of(unsigned(date.day()), 2) + text_.substr(8);
    std::string out;
    std::size_t done = 0;
    for (const auto& part : parts_) {
        if (part.field == Field::year && part.end - part.begin == 2 && full_year(int(date.year()) % 100, 2) != int(date.year())) return std::nullopt;
        out.append(text_, done, part.begin - done).append(written(part, date));
        done = part.end;
    }
    return out.append(text_, done);
}

}  // namespace bordergate
