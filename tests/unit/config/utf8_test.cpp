#include "config/utf8.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

TEST_CASE("UTF-8 is what RFC 3629 says, at every offset") {
    const std::string good[] = {"", "plain", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf", "\xef\xbf\xbd"};
    const std::string bad[] = {"\x80", "\xc3", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x80\x80\xaf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xe2\x82", "\xc3(", "\xf0\x9f\x98z"};
    for (std::size_t pad = 0; pad < 20; ++pad) {
        const std::string before(pad, 'x');
        for (const auto& text : good) CHECK(find_invalid_utf8(before + text + text + "tail of some length") == std::string_view::npos);
        for (const auto& text : bad) {
            CHECK(find_invalid_utf8(before + text) == pad);
            CHECK(find_invalid_utf8("\xc3\xa4" + before + text + before) == pad + 2);
        }
    }
}

TEST_CASE("an incomplete tail is what more bytes could complete") {
    CHECK(incomplete_utf8_tail("") == 0);
    CHECK(incomplete_utf8_tail("a") == 0);
    CHECK(incomplete_utf8_tail("a\xc3") == 1);
    CHECK(incomplete_utf8_tail("a\xc3\xa4") == 0);
    CHECK(incomplete_utf8_tail("\xe2\x82") == 2);
    CHECK(incomplete_utf8_tail("\xf0\x9f\x98") == 3);
    CHECK(incomplete_utf8_tail("\xf0\x9f\x98\x80") == 0);
}

TEST_CASE("code points are written in their shortest form") {
    for (std::uint32_t point : {0x0U, 0x7fU, 0x80U, 0x7ffU, 0x800U, 0xfffdU, 0x10000U, 0x10ffffU}) {
        std::string text;
        append_utf8(point, text);
        CHECK(utf8_sequence(text) == text.size());
    }
}
