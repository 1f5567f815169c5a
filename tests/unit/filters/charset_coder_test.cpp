#include "filters/body/charset_coder.hpp"

#include <catch2/catch.hpp>

#include "config/utf8.hpp"

using namespace bordergate;

namespace {

std::string coded(std::unique_ptr<Coder> coder, std::string_view in) {
    const auto made = coded_whole(*coder, in);
    return made.has_error() ? "!" + std::string(info(made.error().code).name) : *made;
}
std::string decoded(const char* label, std::string_view in) { return coded(make_charset_decoder(*find_charset(label)), in); }
std::string encoded(const char* label, std::string_view in) { return coded(make_charset_encoder(*find_charset(label)), in); }

}  // namespace

TEST_CASE("characters of several charsets, as their tables have them") {
    CHECK(decoded("iso-8859-1", "\xe4\xa4") == "\xc3\xa4\xc2\xa4");
    CHECK(decoded("iso-8859-15", "\xe4\xa4") == "\xc3\xa4\xe2\x82\xac");
    CHECK(decoded("windows-1252", "\x80\x93") == "\xe2\x82\xac\xe2\x80\x9c");
    CHECK(decoded("iso-8859-1", "O\x92Neill") == "O\xe2\x80\x99Neill");
    CHECK(decoded("iso-8859-9", "\xdd\x99") == "\xc4\xb0\xe2\x84\xa2");
    CHECK(decoded("tis-620", "\x80\xa1") == "\xe2\x82\xac\xe0\xb8\x81");
    CHECK(decoded("iso-8859-1", "\x81") == "!body_invalid");
    CHECK(decoded("koi8-r", "\xc1") == "\xd0\xb0");
    CHECK(decoded("shift_jis", "\x83\x5c\\") == "\xe3\x82\xbd\\");
    CHECK(decoded("euc-jp", "\xa4\xa2") == "\xe3\x81\x82");
    CHECK(decoded("gb2312", "\xb0\xa1") == "\xe5\x95\x8a");
    CHECK(decoded("gb18030", "\x81\x30\x81\x30") == "\xc2\x80");
    CHECK(decoded("big5", "\xa4\x40") == "\xe4\xb8\x80");
    CHECK(decoded("euc-kr", "\xb0\xa1") == "\xea\xb0\x80");
    CHECK(decoded("utf-16le", std::string_view("\x3d\xd8\x00\xde", 4)) == "\xf0\x9f\x98\x80");
    CHECK(encoded("utf-16be", "\xf0\x9f\x98\x80") == std::string("\xd8\x3d\xde\x00", 4));
    CHECK(encoded("windows-1252", "\xe2\x82\xac") == "\x80");
}

TEST_CASE("each charset is known here, has ASCII's bytes for ASCII, and each character it has comes back") {
    std::string ascii;
    for (char c = 0; c < 0x7f; ++c) ascii += c;
    for (const auto& charset : all_charsets()) {
        INFO(charset.name);
        REQUIRE(is_readable(charset));
        if (charset.is_utf8() || charset.needs_mark()) continue;
        // Between other characters, so that each is really looked up.
        for (const char c : ascii) {
            const std::string framed{'x', c};
            const auto made = coded(make_charset_encoder(charset), framed);
            if (!charset.is_utf16()) CHECK(made == framed);
            REQUIRE(coded(make_charset_decoder(charset), made) == framed);
        }
        std::size_t has = 0;
        for (std::uint32_t one = 0x80; one < 0x110000; one += one < 0x3000 ? 1 : 97) {
            if (one >= 0xd800 && one < 0xe000) continue;
            std::string text;
            append_utf8(one, text);
            const auto made = coded(make_charset_encoder(charset), text);
            if (made == "!place_cannot_carry") continue;
            ++has;
            if (coded(make_charset_decoder(charset), made) != text) FAIL("U+" << std::hex << one);
        }
        CHECK((has > 40 || charset.name == "US-ASCII"));
    }
}

TEST_CASE("what is none in a charset, or is cut off, is refused; what stands before it is given") {
    CHECK(decoded("us-ascii", "\x80") == "!body_invalid");
    CHECK(decoded("windows-1252", "a\x81") == "!body_invalid");
    CHECK(decoded("shift_jis", "\x83") == "!body_invalid");
    CHECK(decoded("gb18030", "\x81\x30\x81") == "!body_invalid");
    CHECK(decoded("utf-16le", "a") == "!body_invalid");
    CHECK(decoded("utf-16le", std::string_view("\x00\xd8" "a\x00", 4)) == "!body_invalid");
    CHECK(decoded("utf-16be", std::string_view("\xd8\x00", 2)) == "!body_invalid");
    for (const std::size_t step : {1U, 9U}) {
        std::string given;
        const auto coder = make_charset_decoder(*find_charset("windows-1252"));
        Status done;
        const std::string_view in = "\xe4 a@b\x81xyz";
        for (std::size_t at = 0; at < in.size() && done.has_value(); at += step)
            done = coder->feed(in.substr(at, step), [&](std::string_view piece) {
                given.append(piece);
                return Status{};
            });
        CHECK(done.has_error());
        CHECK(given == "\xc3\xa4 a@b");
    }
}

TEST_CASE("what a charset does not have is refused, and so is what would vanish or change on the way") {
    CHECK(encoded("iso-8859-1", "\xe2\x9f\xa6") == "!place_cannot_carry");
    CHECK(encoded("us-ascii", "\xc3\xa4") == "!place_cannot_carry");
    // iconv drops tag characters, and takes the cent sign of Latin-1 for the wide one of Japanese.
    CHECK(encoded("windows-1252", "a\xf3\xa0\x81\x81") == "!place_cannot_carry");
    CHECK(encoded("shift_jis", "\xc2\xa2") == "!place_cannot_carry");
    // Two ways to write one character: only one of them is the way back.
    CHECK(decoded("shift_jis", "\x81\xe0") == "\xe2\x89\x92");
    CHECK(decoded("shift_jis", "\x87\x90") == "!body_invalid");
}
