#include "filters/detect/time_of_day.hpp"

#include <catch2/catch.hpp>
#include <string>

using bordergate::recognise::behind_time;

TEST_CASE("times of day behind a date, as machines and people write them", "[date]") {
    for (const char* time : {"T10:15", "T10:15:30.123456789Z", "t10:15:30+02", "T101530Z", ":10:15:30 +0000", " 10:15", " 10:15:30,5", ", 2:30 PM", " 2:30 p.m.", " at 2 pm", " um 14 Uhr", ", 14:30 Uhr", " kl. 14.30", " \u00e0 14 h 30", " \u00e0s 14h", "\u00a010:15",
                             "\u202f2:30\u202fPM", " 10:15 UTC", ". 14:30", " 24:00"}) {
        const std::string text = time;
        INFO(text);
        CHECK(behind_time(text, 0) == text.size());
        CHECK(behind_time("x" + text + ", x", 1) == text.size() + 1);
    }
    for (const char* text : {"", " ", "T", "T1:15", "T10", "T25:00", " 10", " 25:00", " 10 people", " 10.30", " at noon", "10:15", " 2 pmx", " 14house", ", ", ": 10", " 10:5"}) {
        INFO(text);
        CHECK(behind_time(text, 0) == 0);
    }
    CHECK(behind_time(" 10:15-5", 0) == 6);
    CHECK(behind_time(" 10:15:99", 0) == 6);
}
