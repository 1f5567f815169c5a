#include "filters/body/quiet_text.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

namespace {

/// What may go on of `text`, of which `from` bytes have.
std::string quiet(std::string_view text, std::size_t from = 0) { return std::string(text.substr(0, quiet_cut(text, from))); }

}  // namespace

TEST_CASE("prose goes on but for its last word and the one that is coming") {
    CHECK(quiet("The weather is fine today") == "The weather is");
    CHECK(quiet("The weather is fine today ") == "The weather is fine");
    CHECK(quiet("Straße für Ärger, и телефон там ") == "Straße für Ärger, и телефон");
    for (auto text : {"", " ", "one", "one two", "one, ", "　", "電話 番号 は "}) CHECK(quiet(text).empty());
    CHECK(quiet("The weather is fine", 4) == "The weather");
}

TEST_CASE("nothing goes on near what may be a value, before or behind it") {
    CHECK(quiet("call me on the 12 of this month or so we ") == "call me on");
    CHECK(quiet("write to anna@ex") == "write");
    CHECK(quiet("see http: there and then go home ").size() <= std::string_view("see").size());
    for (auto value : {"4111 1111 1111 1111", "a_b", "x@y.de", "%41", "\\u0041", "１２", "\"q\"", "a-b", "a'b"}) {
        const auto text = std::string(value) + " and so on it goes here ";
        INFO(text);
        CHECK(quiet(text).empty());
        const auto far = text + std::string(quiet_bytes / 4 + 2, ' ').replace(0, std::string::npos, [] { std::string words; for (std::size_t i = 0; i < quiet_bytes / 4 + 2; ++i) words += "ab c "; return words; }());
        CHECK(quiet(far).size() > far.size() - 12);
    }
}
