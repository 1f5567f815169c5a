#include "filters/detect/months.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

TEST_CASE("months are named in any case, in full and abbreviated", "[date]") {
    for (const char* name : {"March", "MARCH", "Mar", "M\u00c4RZ", "mars", "mar\u00e7o", "maart", "mrt", "marca", "\u039c\u03b1\u03c1\u03c4\u03af\u03bf\u03c5", "\u041c\u0410\u0420\u0422\u0410", "maaliskuuta"}) {
        INFO(name);
        CHECK(month_named(name).number == 3);
    }
    CHECK(month_named("D\u00c9CEMBRE").number == 12);
    CHECK(month_named("\u0159\u00edjna").number == 10);
    CHECK(month_named("\u03a6\u03b5\u03b2\u03c1\u03bf\u03c5\u03b1\u03c1\u03af\u03bf\u03c5").number == 2);
    for (const char* name : {"", "ma", "marching", "smarch", "monkeys", "a word that is far too long for a month"}) {
        INFO(name);
        CHECK(month_named(name).number == 0);
    }
}

TEST_CASE("a name of a month says how sure it is", "[date]") {
    CHECK(month_named("December").how == MonthName::full);
    CHECK(month_named("May").how == MonthName::brief);
    CHECK(month_named("out").how == MonthName::vague);
    CHECK(month_named("out").number == 10);
}
