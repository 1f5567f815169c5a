#include "config/pattern_check.hpp"

#include <catch2/catch.hpp>
#include <re2/re2.h>

using namespace bordergate;

TEST_CASE("the greatest length of a match") {
    struct Case {
        const char* pattern;
        std::optional<std::size_t> most;
    };
    for (const auto& one : {Case{"abc", 3}, Case{"a{3}", 3}, Case{"a{2,5}b?", 6}, Case{"a*", std::nullopt}, Case{"(ab|c){2}", 4}, Case{"(?:ab){1,3}", 6}, Case{"[a-f0-9]{8}", 8}, Case{"\\d{3}-\\d{2}", 6},
                            Case{"\\bx\\b", 1}, Case{"[^a]", 4}, Case{".", 4}, Case{"(?i)k", 3}, Case{"a{2,}", std::nullopt}, Case{"(a+)?", std::nullopt}, Case{"\xc3\xa4", 2}, Case{"[\xc3\xa4]", 4},
                            Case{"\\pL{2}", 8}, Case{"x|yy|zzz", 3}, Case{"^a$", 1}, Case{"(a{1000}){1000}", 1000000}, Case{"\\Qa*\\E", 6}, Case{"a{,3}", 5}}) {
        INFO(one.pattern);
        CHECK(longest_match(one.pattern) == one.most);
    }
}

TEST_CASE("what cannot be a recogniser's pattern is told") {
    CHECK_FALSE(pattern_mistake("EMP-\\d{6}"));
    CHECK(pattern_mistake("EMP-(\\d{6}")->starts_with("no regular expression"));
    CHECK(pattern_mistake("x?") == "it matches where nothing stands");
    CHECK(pattern_mistake("a+")->find("longer than 256 bytes") != std::string::npos);
    CHECK(pattern_mistake("a{257}"));
    CHECK_FALSE(pattern_mistake("a{256}"));
}

TEST_CASE("an end of what is scanned is no end of a field: patterns that ask for one are refused") {
    for (const char* pattern : {"^EMP-\\d{6}", "EMP-\\d{6}$", "\\AEMP", "EMP\\z", "(?m)^EMP", "(a|^b)c", "(?:x(y$|z))", "a(?i:b$)"}) {
        INFO(pattern);
        const auto told = pattern_mistake(pattern);
        REQUIRE(told);
        CHECK_THAT(*told, Catch::Contains("leave it out") && Catch::Contains("whole word"));
    }
    CHECK(pattern_mistake("EMP\\z")->starts_with("\\z would"));
    CHECK(pattern_mistake("a\\C")->starts_with("\\C takes part of a character"));
    for (const char* pattern : {"\\^EMP", "EMP\\$", "[^a]b", "[$^]a", "\\Q^a$\\E", "\\bEMP\\b", "a\\\\z", "[\\^]A", "US\\$\\d{3}"}) {
        INFO(pattern);
        CHECK_FALSE(pattern_mistake(pattern));
    }
}
