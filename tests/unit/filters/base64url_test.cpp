#include "filters/seal/base64url.hpp"

#include <catch2/catch.hpp>
#include <utility>

using namespace bordergate;

namespace {

std::string encoded(std::string_view text) {
    std::string out;
    append_base64url(bytes_of(text), out);
    return out;
}

/// What `text` stands for, as a string; `!` if it is refused.
std::string decoded(std::string_view text) {
    const auto bytes = decode_base64url(text);
    return bytes ? std::string(bytes->begin(), bytes->end()) : "!";
}

}  // namespace

TEST_CASE("base64url has the values of RFC 4648, section 10, without padding") {
    const std::pair<std::string_view, std::string_view> vectors[] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"},
    };
    for (const auto& [plain, code] : vectors) {
        CHECK(encoded(plain) == code);
        CHECK(decoded(code) == plain);
    }
}

TEST_CASE("base64url has the values of RFC 7515, appendices A.1 and C") {
    const std::string_view header = "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}";
    CHECK(encoded(header) == "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9");
    CHECK(decoded("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9") == header);
    const std::string_view octets("\x03\xec\xff\xe0\xc1", 5);
    CHECK(encoded(octets) == "A-z_4ME");
    CHECK(decoded("A-z_4ME") == octets);
}

TEST_CASE("base64url appends, and leaves what stands there") {
    std::string out = "header.";
    append_base64url(bytes_of("foo"), out);
    CHECK(out == "header.Zm9v");
}

TEST_CASE("every byte at every position of a group comes back") {
    for (unsigned byte = 0; byte < 256; ++byte)
        for (std::size_t before = 0; before < 3; ++before)
            for (std::size_t after = 0; after < 3; ++after) {
                const std::string text =
                    std::string(before, '\xa5') + static_cast<char>(byte) + std::string(after, '\x5a');
                const auto code = encoded(text);
                CHECK(code.size() == (text.size() * 4 + 2) / 3);
                CHECK(decoded(code) == text);
            }
}

TEST_CASE("of all bytes only the sixty-four are digits") {
    int accepted = 0;
    for (unsigned byte = 0; byte < 256; ++byte) {
        const std::string text = std::string("AA") + static_cast<char>(byte) + "A";
        accepted += decode_base64url(text) ? 1 : 0;
    }
    CHECK(accepted == 64);
    for (auto text : {"Zg==", "Zm8=", "A+z/4ME", "Zm9v\n", " Zm9v", "Zm 9v", "Zm9v=", "Zm.9v"})
        CHECK(decoded(text) == "!");
    CHECK(decoded(std::string_view("Zm\0v", 4)) == "!");
}

TEST_CASE("each value has one spelling: rest bits are zero, and no length has a digit to spare") {
    int of_two = 0, of_three = 0;
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (char last : digits) {
        of_two += decode_base64url(std::string("Z") + last) ? 1 : 0;
        of_three += decode_base64url(std::string("Zm") + last) ? 1 : 0;
    }
    CHECK(of_two == 4);     // 12 bits, of which 8 are used
    CHECK(of_three == 16);  // 18 and 16
    for (auto text : {"A", "AAAAA", "AAAAAAAAA"}) CHECK(decoded(text) == "!");
}
