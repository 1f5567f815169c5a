#include "filters/mask/date_shift.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace bordergate;

namespace {

std::string part(TimePart which, std::string_view value) {
    MaskParameters how;
    how.part = which;
    std::string out = "-";
    const auto done = time_part(how, value, out);
    if (done.has_value()) return out.substr(1);
    CHECK(out == "-");
    return "!" + std::string(info(done.error().code).name);
}

std::string shifted(std::int64_t days, std::string_view value) {
    std::string out = "-";
    const auto done = date_shift({}, days, value, out);
    if (done.has_value()) return out.substr(1);
    CHECK(out == "-");
    return "!" + std::string(info(done.error().code).name);
}

}  // namespace

TEST_CASE("a subject's dates are moved by the same, never by nothing and never too far", "[date_shift]") {
    const std::array<std::uint8_t, 64> key{7}, other{8};
    std::set<std::int64_t> seen;
    int differ = 0;
    for (int i = 0; i < 400; ++i) {
        const auto subject = "patient " + std::to_string(i);
        const auto days = shift_of(key, 3, subject);
        CHECK(days == shift_of(key, 3, subject));
        differ += days != shift_of(other, 3, subject) ? 1 : 0;
        seen.insert(days);
    }
    CHECK(seen == std::set<std::int64_t>{-3, -2, -1, 1, 2, 3});
    CHECK(differ > 200);
    CHECK(std::abs(shift_of(key, 1, "x")) == 1);
}

TEST_CASE("a date is moved as it is written, and what is none is refused", "[date_shift]") {
    CHECK(shifted(-5, "2024-03-05") == "2024-02-29");
    CHECK(shifted(1, "31 March 2024") == "1 April 2024");
    CHECK(shifted(1, "soon") == "!mask_unfit");
    CHECK(shifted(1, "2999-12-31") == "!mask_unfit");
}

TEST_CASE("time_part leaves a part of a date as a number", "[date_shift]") {
    const std::string value = "2024-03-05T09:30:00Z";
    CHECK(part(TimePart::year, value) == "2024");
    CHECK(part(TimePart::month, value) == "3");
    CHECK(part(TimePart::day_of_month, value) == "5");
    CHECK(part(TimePart::day_of_week, value) == "2");
    CHECK(part(TimePart::week_of_year, value) == "10");
    CHECK(part(TimePart::hour_of_day, value) == "9");
    CHECK(part(TimePart::day_of_week, "2024-03-03") == "7");
    // ISO 8601: these belong to weeks of other years.
    CHECK(part(TimePart::week_of_year, "2021-01-03") == "53");
    CHECK(part(TimePart::week_of_year, "2019-12-30") == "1");
    CHECK(part(TimePart::week_of_year, "2024-12-31") == "1");
    CHECK(part(TimePart::year, "1700000000") == "2023");
    CHECK(part(TimePart::year, "1985") == "1985");
}

TEST_CASE("a part that the date does not say is refused", "[date_shift]") {
    CHECK(part(TimePart::hour_of_day, "2024-03-05") == "!mask_unfit");
    CHECK(part(TimePart::month, "1985") == "!mask_unfit");
    CHECK(part(TimePart::year, "soon") == "!mask_unfit");
}
