#include "filters/mask/operators.hpp"

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

constexpr std::array<std::uint8_t, 64> key{7};

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

TEST_CASE("crypto_hash is stable, keyed, and tells entities apart") {
    const auto hash = [](const auto& with, std::string_view entity) {
        std::string out;
        crypto_hash(with, entity, "value", out);
        return out;
    };
    CHECK(hash(key, "A") == hash(key, "A"));
    CHECK(hash(key, "A") != hash(key, "B"));
    CHECK(hash(key, "A") != hash(std::array<std::uint8_t, 64>{8}, "A"));
    CHECK(hash(key, "A").size() == 3 + 22);
}

TEST_CASE("deterministic tokens open for the context they were made for, and for no other") {
    const TokenContext context{"DE", "klinikum", "EMAIL_ADDRESS", "openai-us"};
    for (std::string_view value : {"", "x", "anna@example.org"}) {
        std::string token, again, opened;
        REQUIRE(crypto_deterministic(key, context, value, token).has_value());
        REQUIRE(crypto_deterministic(key, context, value, again).has_value());
        CHECK(token == again);
        REQUIRE(open_token(key, context, token, opened).has_value());
        CHECK(opened == value);
        for (auto other : {TokenContext{"FR", "klinikum", "EMAIL_ADDRESS", "openai-us"}, TokenContext{"DE", "other", "EMAIL_ADDRESS", "openai-us"},
                           TokenContext{"DE", "klinikum", "PERSON", "openai-us"}, TokenContext{"DE", "klinikum", "EMAIL_ADDRESS", "x"}})
            CHECK(open_token(key, other, token, opened).has_error());
        token.back() = token.back() == 'A' ? 'Q' : 'A';
        CHECK(open_token(key, context, token, opened).has_error());
    }
}
