#include <catch2/catch.hpp>

#include "filters/detect/deep_scan.hpp"
#include "filters/detect/encoded.hpp"

using namespace bordergate;

namespace {

const ClassId contact{5}, financial{6};

std::string found(std::string_view text) {
    static const Scanner scanner({builtin_recogniser("EMAIL_ADDRESS", contact), builtin_recogniser("CREDIT_CARD", financial)});
    std::vector<Finding> findings;
    deep_scan(scanner, text, findings);
    std::string said;
    for (const auto& one : findings) {
        said += (said.empty() ? "" : " ") + std::string(text.substr(one.begin, one.end - one.begin));
        said += one.data.has(ClassTree::opaque) ? "=opaque" : "=" + std::string(one.entity);
    }
    return said;
}

}  // namespace

TEST_CASE("what stands in escapes is found where it stands", "[deep_scan]") {
    CHECK(found("to anna@example.org now") == "anna@example.org=EMAIL_ADDRESS");
    CHECK(found("?mail=anna%40example.org&x=1") == "anna%40example.org=EMAIL_ADDRESS");
    CHECK(found(R"(text {"m":"anna\u0040example.org"})") == R"(anna\u0040example.org=EMAIL_ADDRESS)");
    CHECK(found("anna%2540example.org") == "anna%2540example.org=EMAIL_ADDRESS");
    CHECK(found(R"(a\/b % c \u00 \)") == "");
    CHECK(found("50% of 4111 1111 1111 1111") == "4111 1111 1111 1111=CREDIT_CARD");
}

TEST_CASE("what stands in base64 and hex is found as the run it stands in", "[deep_scan]") {
    CHECK(found("token YW5uYUBleGFtcGxlLm9yZw== end") == "YW5uYUBleGFtcGxlLm9yZw=EMAIL_ADDRESS");
    CHECK(found("616e6e61406578616d706c652e6f7267") == "616e6e61406578616d706c652e6f7267=EMAIL_ADDRESS");
    // base64 of base64
    CHECK(found("WVc1dVlVQmxlR0Z0Y0d4bExtOXladz09") == "WVc1dVlVQmxlR0Z0Y0d4bExtOXladz09=EMAIL_ADDRESS");
    // base64 of an address and a card: one run, both classes
    std::vector<Finding> findings;
    deep_scan(Scanner({builtin_recogniser("EMAIL_ADDRESS", contact), builtin_recogniser("CREDIT_CARD", financial)}), "YUBiLmRlIDQxMTEgMTExMSAxMTExIDExMTE=", findings);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].data == (ClassSet{contact, financial}));
}

TEST_CASE("words, ids and digests are nobody's encoding", "[deep_scan]") {
    CHECK(found("internationalization of antidisestablishmentarianism") == "");
    CHECK(found("550e8400-e29b-41d4-a716-446655440000") == "");
    CHECK(found("sha512 cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e") == "");
    std::string path = "https://example.org";
    for (int i = 0; i < 30; ++i) path += "/some-long-segment";
    CHECK(found(path) == "");
}

TEST_CASE("a long run that is no text cannot be inspected", "[deep_scan]") {
    std::string noise;
    std::uint32_t state = 1;
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    while (noise.size() < 400) noise += alphabet[(state = state * 1664525 + 1013904223) >> 26];
    CHECK(found("data:image/png;base64," + noise).ends_with("=opaque"));
    CHECK(found(noise.substr(0, 100)) == "");
    std::string hex;
    while (hex.size() < 300) hex += "0123456789abcdef"[(state = state * 1664525 + 1013904223) >> 28];
    CHECK(found(hex) == hex + "=opaque");
    CHECK(found(hex.substr(0, 128)) == "");
}

TEST_CASE("base64 broken into lines is one run", "[deep_scan]") {
    // 57 bytes of padding text, then an address across the line break
    const std::string text = std::string(52, 'x') + " anna@example.org and more text that follows after it";
    std::string encoded;
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i + 2 < text.size(); i += 3) {
        const auto bits = static_cast<unsigned>(static_cast<unsigned char>(text[i]) << 16 | static_cast<unsigned char>(text[i + 1]) << 8 | static_cast<unsigned char>(text[i + 2]));
        for (int shift = 18; shift >= 0; shift -= 6) encoded += alphabet[bits >> shift & 63];
    }
    for (std::string_view line_break : {"\n", "\r\n"}) {
        std::string wrapped = encoded;
        wrapped.insert(76, line_break);
        CHECK(found(wrapped) == wrapped + "=EMAIL_ADDRESS");
        CHECK(open_run(wrapped) == 0);
    }
    CHECK(open_run("one\ntwo\nthree\nfour\nfive\nsix\nseven") == 33);
}

TEST_CASE("a run that touches a word is read from where its encoding begins", "[deep_scan]") {
    const std::string encoded = "YW5uYUBleGFtcGxlLm9yZyBhbmQgbW9yZQ";
    for (auto before : {"id_", "https://h/p/", "a-b-", "/", "x_y_z_"}) {
        INFO(before);
        CHECK(found(before + encoded).ends_with("=EMAIL_ADDRESS"));
    }
    CHECK(found("0x616e6e61406578616d706c652e6f7267").ends_with("=EMAIL_ADDRESS"));
    CHECK(found(encoded.substr(0, 20) + "%0A" + encoded.substr(20)).ends_with("=EMAIL_ADDRESS"));
}

TEST_CASE("what is encoded deeper than we look is opaque, not clear", "[deep_scan]") {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text = "write to anna@example.org";
    for (int depth = 1; depth <= 6; ++depth) {
        std::string encoded;
        while (text.size() % 3 != 0) text += ' ';
        for (std::size_t i = 0; i < text.size(); i += 3) {
            const auto bits = static_cast<unsigned>(static_cast<unsigned char>(text[i]) << 16 | static_cast<unsigned char>(text[i + 1]) << 8 | static_cast<unsigned char>(text[i + 2]));
            for (int shift = 18; shift >= 0; shift -= 6) encoded += alphabet[bits >> shift & 63];
        }
        text = encoded;
        INFO(depth);
        CHECK(found(text) == text + (depth <= 3 ? "=EMAIL_ADDRESS" : "=opaque"));
    }
    CHECK(found("anna%252540example.org") == "anna%252540example.org=EMAIL_ADDRESS");
    CHECK(found("anna%2525252540example.org").ends_with("=opaque"));
}

TEST_CASE("characters of every script are resolved from escapes: words that announce a value are written in them", "[deep_scan]") {
    Unescaped plain;
    const auto resolved = [&plain](std::string_view text) { return resolve_escapes(text, plain) ? plain.text : "-"; };
    CHECK(resolved("%C3%A9%E2%82%AC%F0%9F%98%80") == "é€😀");
    CHECK(resolved(R"(\u00e9\u20AC\ud83d\ude00)") == "é€😀");
    CHECK(plain.origin == std::vector<std::size_t>{0, 0, 6, 6, 6, 12, 12, 12, 12, 24});
    // Halves, overlong forms, control characters and what is cut off stand for nothing.
    for (const auto* none : {"%C3", "%C3x", "%C0%80", "%ED%A0%80", "%00%7f", R"(\ud83d \ude00)", R"(\u0000\u007f)", "%E2%82", "%80"}) CHECK(resolved(none) == "-");
    CHECK(resolved("%C3%28") == "%C3(");
    CHECK(resolved(R"(\ud83d\u0041)") == R"(\ud83dA)");
    const Scanner scanner({builtin_recogniser("BG_EGN", contact)});
    for (const auto* text : {"%D0%B5%D0%B3%D0%BD%206821145596", R"(\u0435\u0433\u043d 6821145596)"}) {
        std::vector<Finding> findings;
        deep_scan(scanner, text, findings);
        CHECK(findings.size() == 1);
    }
}

TEST_CASE("an encoding that touches other letters is found, in front, behind and on the next line", "[deep_scan]") {
    const std::string mail = "TWFpbCB0byBhbm5hQGV4YW1wbGUub3JnIHBsZWFzZSwgYW5kIG5vdCB0byBvdGhlcnMu", hexed = "4d61696c20746f20616e6e61406578616d706c652e6f7267";
    for (const auto& text : {"regards" + mail, mail + "regards", "a" + mail + "b", "k-" + mail + "regards", hexed + "xyz", "say" + hexed + "zz", "abcd" + hexed}) {
        INFO(text);
        CHECK(found(text) == text + "=EMAIL_ADDRESS");
    }
    for (const auto* next : {"\nregards", "\r\nregards"}) CHECK(found(mail + next) == mail + "=EMAIL_ADDRESS");
    // The line after a line of base64 is not lost in it either, nor is a line whose first character is cut.
    const std::string lines = "w6TDtsO8IHNlaHIgZ2VlaHJ0ZSBEYW1lbiB1bmQgSGVycmVuLCB3aXIgZGFua2VuIGlobmVuIGbD";
    CHECK(found(lines + " vHIgYW5uYUBleGFtcGxlLm9yZw") == "vHIgYW5uYUBleGFtcGxlLm9yZw=EMAIL_ADDRESS");
}
