#include "filters/detect/shape.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

TEST_CASE("plain sequences of classes are shapes, other regular expressions are not") {
    for (const char* one : {"\\d{3}-\\d{2}-\\d{4}", "[A-Z]{2}\\d{6}[A-D]?", "ghp_[A-Za-z0-9]{36}", "a", "\\.", "[-/ ]", "[0-9A-F]{2,4}:", "\\d{1,3}[ -]?[A-Z]"}) {
        INFO(one);
        CHECK(Shape::parse(one));
    }
    for (const char* one : {"", "a|b", "(a)", "a*", "a+", "a{2,}", ".", "^a", "a$", "\\w", "\\b", "[^a]", "[]a]", "[[:digit:]]", "a??", "a{2}{3}", "a{3,2}", "a{0}", "\\d{2,3}\\d", "[a-z]?[a-f]",
                            "a{600}", "[z-a]", "\\", "[a", "\xc3\xa4", "a{,3}"}) {
        INFO(one);
        CHECK_FALSE(Shape::parse(one));
    }
}

TEST_CASE("shapes match from a place, as far as they go") {
    const auto ssn = *Shape::parse("\\d{3}-\\d{2}-\\d{4}");
    CHECK(ssn.match("x123-45-67890", 1) == 12);
    CHECK(ssn.match("123-45-678", 0) == 0);
    CHECK(ssn.match("", 0) == 0);
    const auto grouped = *Shape::parse("\\d{2}[ -]?\\d{3}");
    CHECK(grouped.match("12345", 0) == 5);
    CHECK(grouped.match("12 345", 0) == 6);
    CHECK(grouped.match("12  345", 0) == 0);
    CHECK(grouped.most() == 6);
    const auto some = *Shape::parse("[A-F0-9]{2,4}:");
    CHECK(some.match("AB:", 0) == 3);
    CHECK(some.match("ABCDE:", 0) == 0);
    CHECK(some.match("A:", 0) == 0);
}
