#include "filters/detect/encoded_parts.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/filters/other_reader.hpp"

using namespace bordergate;
using namespace bordergate::testing;

namespace {

std::string parts(std::string_view run) {
    std::string found;
    find_encoded_parts(run, found);
    return found;
}

}  // namespace

TEST_CASE("parts are found from whichever character on they begin") {
    const std::string text = "twelve bytes or more of text", coded = base64(text, true), hexed = hex(text);
    for (const std::string before : {"", "x", "xy", "xyz", "wxyz", "0x"})
        for (const std::string behind : {"", "q", "qr", "qrs"}) {
            INFO(before << " and " << behind);
            CHECK(parts(before + coded + behind).find(text.substr(0, text.size() - 1)) != std::string::npos);
            CHECK(parts(before + hexed + behind).find(text) != std::string::npos);
        }
    CHECK(parts(base64("größer als zwölf", true)).find("größer als zwölf") != std::string::npos);
}

TEST_CASE("what is too short, or no text, is no part") {
    CHECK(parts("") == "");
    CHECK(parts("abc") == "");
    CHECK(parts(base64("eleven byte", true)) == "");
    CHECK(parts("internationalization") == "");
    CHECK(parts("550e8400-e29b-41d4-a716-446655440000") == "");
    CHECK(parts("cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e") == "");
}
