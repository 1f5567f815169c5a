#include <catch2/catch.hpp>
#include <string>

#include "tests/support/sightings.hpp"

namespace {

std::string dates(std::string_view text) { return bordergate::testing::sighted(text, {}, true); }

}  // namespace

TEST_CASE("dates in figures", "[date]") {
    CHECK(dates("on 2024-03-12.") == "on <DATE_TIME>.");
    CHECK(dates("2024-03-12T10:15:30.123Z") == "<DATE_TIME>");
    CHECK(dates("2024-03-12 10:15:30+02:00 x") == "<DATE_TIME> x");
    CHECK(dates("2024/3/1, 12.03.2024, 1.3.2024") == "<DATE_TIME>, <DATE_TIME>, <DATE_TIME>");
    CHECK(dates("13/02/2024 or 02/13/2024") == "<DATE_TIME> or <DATE_TIME>");
    CHECK(dates("12-03-1999") == "<DATE_TIME>");
    for (const char* text : {"2024-13-12", "32.01.2024", "13.13.2024", "13/13/2024", "02.13.2024", "1.2.3", "2024-03", "12/03", "1.2.2024.5", "v2024-03-12", "9999-01-01", "12.03.24"}) {
        INFO(text);
        CHECK(dates(text) == text);
    }
}

TEST_CASE("dates with the names of months", "[date]") {
    for (const char* text : {"12 March 2024", "12 MARCH 2024", "March 12, 2024", "Mar 12th 2024", "12th of March, 2024", "12-Mar-2024", "12. M\u00e4rz 2024", "1er mars 2024", "12 f\u00e9vrier 2024", "12 D\u00c9CEMBRE 2024",
                             "12 de marzo de 2024", "12 maggio 2024", "3 augustus 2024", "1 de mar\u00e7o de 2024", "Sept. 3, 2024", "12 March", "March 12", "12 March 2024 10:15"}) {
        INFO(text);
        CHECK(dates(text) == "<DATE_TIME>");
        CHECK(dates("x " + std::string(text) + ".") == "x <DATE_TIME>.");
    }
    for (const char* text : {"12 monkeys 2024", "32 March 2024", "30 February 2024", "march 12 miles", "12 Marching bands", "the 12 of us", "smarch 12, 2024", "Demarch 12"}) {
        INFO(text);
        CHECK(dates(text) == text);
    }
}

TEST_CASE("addresses with a scheme", "[url]") {
    CHECK(dates("see https://example.org/a?b=c#d, or (http://x.de).") == "see <URL>, or (<URL>).");
    CHECK(dates("ftp://h/\u00fcber") == "<URL>");
    CHECK(dates("std::x a:// b ://x") == "std::x a:// b ://x");
    const std::string longer = "https://example.org/" + std::string(380, 'a') + "\u00fc" + std::string(20, 'b');
    CHECK(dates(longer).starts_with("<URL>"));
}

TEST_CASE("hardware addresses", "[mac]") {
    CHECK(dates("eth0 00:1a:2b:3c:4d:5e up") == "eth0 <MAC_ADDRESS> up");
    CHECK(dates("00-1A-2B-3C-4D-5E") == "<MAC_ADDRESS>");
    CHECK(dates("aa:bb:cc:dd:ee:ff") == "<MAC_ADDRESS>");
    CHECK(dates("aa-bb-cc-dd-ee-f0") == "<MAC_ADDRESS>");
    for (const char* text : {"00:1a:2b:3c:4d", "00:1a:2b:3c:4d:5e:6f", "00:1a-2b:3c-4d:5e", "x00:1a:2b:3c:4d:5e", "00:1a:2b:3c:4d:5g", "00-1a-2b-3c-4d-5e-6f"}) {
        INFO(text);
        CHECK(dates(text) == text);
    }
}
