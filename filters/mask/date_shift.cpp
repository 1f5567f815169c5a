#include "filters/mask/date_shift.hpp"

#include "filters/mask/operators.hpp"
#include "filters/mask/written_date.hpp"

namespace bordergate {

namespace {

Fault no_date(std::string_view name) { return fault(Code::mask_unfit, "the value is no date that " + std::string(name) + " can read"); }

/// ISO 8601: the first week of a year is the one with its first Thursday.
unsigned week_of_year(std::chrono::year_month_day date) {
    using namespace std::chrono;
    const sys_days day(date);
    const sys_days thursday = day - days(weekday(day).iso_encoding()) + days(4);
    const year_month_day of_thursday(thursday);
    return static_cast<unsigned>((thursday - sys_days(of_thursday.year() / January / 1)).count() / 7 + 1);
}

}  // namespace

std::int64_t shift_of(const std::array<std::uint8_t, 64>& key, std::uint32_t most, std::string_view subject) {
    const auto chosen = static_cast<std::int64_t>(keyed_number(key, "date_shift", subject) % (2 * std::uint64_t{most}));
    return chosen < most ? chosen - most : chosen - most + 1;
}

Status date_shift(const MaskParameters& how, std::int64_t days, std::string_view value, std::string& out) {
    const auto date = WrittenDate::read(value, how.month_first);
    const auto moved = date ? date->shifted(days) : std::nullopt;
    if (!moved) return no_date("date_shift");
    out += *moved;
    return {};
}

Status time_part(const MaskParameters& how, std::string_view value, std::string& out) {
    const auto written = WrittenDate::read(value, how.month_first);
    if (!written || (how.part != TimePart::year && !written->has_month()) || (how.part == TimePart::hour_of_day && !written->hour())) return no_date("time_part");
    const auto date = written->date();
    switch (how.part) {
        case TimePart::year: out += std::to_string(int(date.year())); break;
        case TimePart::month: out += std::to_string(unsigned(date.month())); break;
        case TimePart::day_of_month: out += std::to_string(unsigned(date.day())); break;
        case TimePart::day_of_week: out += std::to_string(std::chrono::weekday(std::chrono::sys_days(date)).iso_encoding()); break;
        case TimePart::week_of_year: out += std::to_string(week_of_year(date)); break;
        case TimePart::hour_of_day: out += std::to_string(*written->hour()); break;
    }
    return {};
}

}  // namespace bordergate
