#include "filters/body/json_regexp.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

namespace {

bool matches(std::string_view pattern, std::string_view text) { return JsonRegexp::compile(pattern).value().matches(text); }
bool finds(std::string_view pattern, std::string_view text) { return JsonRegexp::compile(pattern).value().finds(text); }

}  // namespace

TEST_CASE("regular expressions of RFC 9485") {
    CHECK(matches("a.c", "a\xe2\x82\xac" "c"));
    CHECK(matches(".", "\xe2\x80\xa8"));  // a line separator is any character
    CHECK_FALSE(matches("a.c", "a\nc"));
    CHECK_FALSE(matches("a.c", "a\rc"));
    CHECK(matches("a[.b]c", "a.c"));
    CHECK_FALSE(matches("a[.b]c", "axc"));
    CHECK(matches("a[\\].]c", "a]c"));
    CHECK(matches("a\\.c\\\\", "a.c\\"));
    CHECK(matches("(ab|c)*d{2,3}e{2}f{1,}g?", "abcddeef"));
    CHECK(matches("[^a-c]+", "xyz"));
    CHECK_FALSE(matches("b", "abc"));
    CHECK(finds("b", "abc"));
    CHECK(finds("^ab", "abc"));
    CHECK(finds("bc$", "abc"));
    CHECK_FALSE(finds("bc$", "abcd"));
    CHECK(matches("\\p{Lu}\\P{L}", "\xc3\x84" "1"));
    CHECK(matches("", ""));
    CHECK(matches("x{0,1000}", std::string(1000, 'x')));
}

TEST_CASE("what is no regular expression of RFC 9485 is refused") {
    for (auto pattern : {"(", ")", "[", "[]", "a[[:alpha:]]", "(?i)a", "(?:a)", "a*?", "a++", "a{2}?", "a{", "a{,2}", "a{x}", "{2}", "a}", "]", "\\d", "\\b", "\\", "\\1", "\\pL", "\\p{Xx}", "*a", "a{1001}", "[b-a]", "\xff"}) {
        INFO(pattern);
        CHECK(JsonRegexp::compile(pattern).has_error());
    }
    CHECK(JsonRegexp::compile(std::string(5000, 'a')).has_error());
}

TEST_CASE("a hostile text costs what it is long") {
    const auto evil = JsonRegexp::compile("(a*)*b").value();
    CHECK_FALSE(evil.matches(std::string(100000, 'a')));
}
