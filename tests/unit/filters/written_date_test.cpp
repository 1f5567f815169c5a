#include "filters/mask/written_date.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

namespace {

std::string moved(std::string_view text, std::int64_t days, bool month_first = false) {
    const auto date = WrittenDate::read(text, month_first);
    if (!date) return "unread";
    return date->shifted(days).value_or("out of range");
}

std::string read(std::string_view text, bool month_first = false) {
    const auto date = WrittenDate::read(text, month_first);
    if (!date) return "unread";
    return std::to_string(int(date->date().year())) + "-" + std::to_string(unsigned(date->date().month())) + "-" + std::to_string(unsigned(date->date().day())) +
           (date->hour() ? "T" + std::to_string(*date->hour()) : "");
}

}  // namespace

TEST_CASE("a date that is moved is written as it was", "[date]") {
    CHECK(moved("2024-02-28", 2) == "2024-03-01");
    CHECK(moved("2023-02-28", 2) == "2023-03-02");
    CHECK(moved("2024/1/9", 1) == "2024/1/10");
    CHECK(moved("2024.01.09", -9) == "2023.12.31");
    CHECK(moved("9.1.2024", -9) == "31.12.2023");
    CHECK(moved("09.01.2024", 1) == "10.01.2024");
    CHECK(moved("15.3.2024", -10) == "5.3.2024");
    CHECK(moved("31/12/99", 1) == "01/01/00");
    CHECK(moved("20240305", -5) == "20240229");
    CHECK(moved("2024-03-05T23:59:01.5Z", 1) == "2024-03-06T23:59:01.5Z");
    CHECK(moved("2024-03-05 7:00 PM", 1) == "2024-03-06 7:00 PM");
    CHECK(moved("20240305T120000Z", 1) == "20240306T120000Z");
    CHECK(moved("31 March 2024", 1) == "1 April 2024");
    CHECK(moved("March 31, 2024", 1) == "April 1, 2024");
    CHECK(moved("05-MAR-2024", -5) == "29-FEB-2024");
    CHECK(moved("1. M\xc3\xa4rz 2024", -1) == "29. Februar 2024");
    CHECK(moved("30. Sept 2024", 1) == "unread");
    CHECK(moved("30 sep 2024", 1) == "1 oct 2024");
}

TEST_CASE("numbers since 1970 and years alone stay numbers of as many digits", "[date]") {
    CHECK(moved("1700000000", 1) == "1700086400");
    CHECK(moved("1700000000123", -1) == "1699913600123");
    CHECK(moved("1000000000", -1) == "out of range");
    CHECK(moved("1985", 30) == "1986");
    CHECK(moved("1985", -30) == "1984");
    CHECK(moved("1985", 800) == "1987");
    CHECK(moved("2999", 30) == "out of range");
    CHECK(moved("2999-12-31", 1) == "out of range");
    CHECK(moved("1.1.50", -1) == "out of range");  // 1949 would read as 2049
    CHECK(moved("2024-01-01", 2'000'000) == "out of range");
}

TEST_CASE("day and month are told apart by what they can be, and else by the order given", "[date]") {
    CHECK(read("3/4/2024") == "2024-4-3");
    CHECK(read("3/4/2024", true) == "2024-3-4");
    CHECK(read("13/4/2024", true) == "2024-4-13");
    CHECK(read("4/13/2024") == "2024-4-13");
    CHECK(read("3.4.2024", true) == "2024-4-3");
    CHECK(read("2024-03-05T07:30") == "2024-3-5T7");
    CHECK(read("2024-03-05 12:00 AM") == "2024-3-5T0");
    CHECK(read("2024-03-05 1:00 pm") == "2024-3-5T13");
    CHECK(read("1700000000") == "2023-11-14T22");
}

TEST_CASE("what is no date is not read", "[date]") {
    for (std::string text : {"", "2024-02-30", "2024-13-01", "0999-01-01", "3000-01-01", "2024-1", "2024", "20241301", "123456", "12/13/14/15", "2024-03/05", "1.2.3", "May 2024",
                             "2024-03-05x", "2024-03-05T", "2024-03-05T99:00", "31 Foo 2024", "March March 2024", "5 March 24", "5  March  2024 at noon", "-1700000000", "0700000000",
                             "1700000000.5", "99999999999", "2024-03-05 ", " 2024-03-05", "tomorrow"}) {
        INFO(text);
        CHECK(read(text) == (text == "2024" ? "2024-1-1" : "unread"));
    }
    CHECK(read(std::string(1'000'000, '1')) == "unread");
}

TEST_CASE("every day of four centuries comes back from every way of writing it", "[date]") {
    for (std::string text : {"1899-12-31", "31.12.1899", "12/31/1899", "18991231", "31 December 1899", "Dec 31, 1899"}) {
        const auto date = WrittenDate::read(text, true);
        REQUIRE(date);
        for (std::int64_t days = 0; days < 146'097; days += 97) {
            const auto there = date->shifted(days);
            REQUIRE(there);
            const auto read = WrittenDate::read(*there, true);
            REQUIRE(read);
            REQUIRE((std::chrono::sys_days(read->date()) - std::chrono::sys_days(date->date())).count() == days);
        }
    }
}
