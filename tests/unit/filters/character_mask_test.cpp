#include "filters/mask/character_mask.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

namespace {

std::string masked(std::uint16_t first, std::uint16_t last, std::string_view value) {
    MaskSpec spec;
    spec.kind = MaskSpec::Kind::character_mask;
    spec.keep_first = first;
    spec.keep_last = last;
    std::string out;
    character_mask(spec, value, out);
    return out;
}

/// Of which `count` are replaced, from the end if `from_end`; the characters of `keep` stay.
std::string some(std::uint32_t count, bool from_end, std::string keep, std::string_view value, std::uint16_t first = 0, std::uint16_t last = 0) {
    MaskParameters more;
    more.count = count;
    more.from_end = from_end;
    more.keep = std::move(keep);
    MaskSpec spec{MaskSpec::Kind::character_mask, '#', first, last, &more};
    std::string out;
    character_mask(spec, value, out);
    return out;
}

}  // namespace

TEST_CASE("character_mask counts characters, not bytes") {
    CHECK(masked(0, 4, "4111111111111111") == "************1111");
    CHECK(masked(1, 1, "\xc3\xa4" "bc\xc3\xb6") == "\xc3\xa4**\xc3\xb6");
    CHECK(masked(2, 2, "abcd") == "****");
    CHECK(masked(0, 0, "") == "");
}

TEST_CASE("bytes that start no character are masked like any other") {
    CHECK(masked(0, 0, "\x80\x81") == "*");
    CHECK(masked(0, 1, "\x80\x81" "abc") == "***c");
    CHECK(masked(1, 0, "ab\x80" "c") == "a**");
}

TEST_CASE("character_mask replaces so many from either end") {
    CHECK(some(4, false, "", "123456") == "####56");
    CHECK(some(4, true, "", "123456") == "12####");
    CHECK(some(9, false, "", "123456") == "######");
    CHECK(some(9, true, "", "123456") == "######");
    CHECK(some(2, false, "", "\xc3\xa4\xc3\xb6x") == "##x");
    CHECK(some(2, true, "", "123456", 1, 1) == "123##6");
    CHECK(some(2, false, "", "123456", 1, 1) == "1##456");
}

TEST_CASE("characters to keep stay and do not count") {
    CHECK(some(0, false, "-", "4111-1111-1111") == "####-####-####");
    CHECK(some(5, false, "-", "4111-1111-1111") == "####-#111-1111");
    CHECK(some(5, true, "-", "4111-1111-1111") == "4111-111#-####");
    CHECK(some(0, false, "-", "4111-1111", 0, 5) == "###1-1111");
    CHECK(some(0, false, "-", "---") == "###");
    CHECK(some(0, false, "-", "1-2", 1, 1) == "#-#");
    CHECK(some(0, false, "-", "") == "");
}
