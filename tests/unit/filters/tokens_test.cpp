#include "filters/mask/tokens.hpp"

#include <catch2/catch.hpp>

#include "filters/ascii.hpp"
#include "filters/mask/base32.hpp"

using namespace bordergate;

namespace {

constexpr std::array<std::uint8_t, 64> key{7};
constexpr TokenContext context{"DE", "klinikum", "app", "openai-us"};

std::string token_of(const TokenContext& in, std::string_view value, std::string_view entity = "EMAIL_ADDRESS", std::string_view classes = "contact") {
    std::string token;
    const auto made = make_token(key, in, entity, classes, value, token);
    return made.has_error() ? "!" + std::string(info(made.error().code).name) : token;
}

/// The value behind `token`; `!` if it stays closed.
std::string opened(const TokenContext& in, std::string_view token, const std::array<std::uint8_t, 64>& with = key) {
    const auto content = open_token(with, in, token);
    return content.has_error() ? "!" : content->value;
}

}  // namespace

TEST_CASE("a token opens in the context it was made in, whatever its case, and in no other", "[tokens]") {
    for (std::string_view value : {"", "x", "anna@example.org", "\xc3\xa9"}) {
        const auto token = token_of(context, value);
        CHECK(token == token_of(context, value));
        CHECK(token.starts_with("BGT1_DE_"));
        CHECK(opened(context, token) == value);
        CHECK(opened(context, lower(token)) == value);
        for (auto other : {TokenContext{"FR", "klinikum", "app", "openai-us"}, TokenContext{"DE", "other", "app", "openai-us"},
                           TokenContext{"DE", "klinikum", "other", "openai-us"}, TokenContext{"DE", "klinikum", "app", "x"}})
            CHECK(opened(other, token) == "!");
        std::array<std::uint8_t, 64> another = key;
        another[63] ^= 1;
        CHECK(opened(context, token, another) == "!");
        for (std::size_t i = 8; i < token.size(); ++i) {
            auto damaged = token;
            damaged[i] = damaged[i] == '0' ? '1' : '0';
            CHECK(opened(context, damaged) == "!");
            CHECK(opened(context, token.substr(0, i)) == "!");
        }
    }
}

TEST_CASE("a token tells its entity and classes, and other ones make another token", "[tokens]") {
    const auto content = open_token(key, context, token_of(context, "J45", "DIAGNOSIS", "contact,health"));
    REQUIRE(content.has_value());
    CHECK(content->entity == "DIAGNOSIS");
    CHECK(content->classes == "contact,health");
    CHECK(token_of(context, "v", "A", "contact") != token_of(context, "v", "B", "contact"));
    CHECK(token_of(context, "v", "A", "contact") != token_of(context, "v", "A", "health"));
}

TEST_CASE("empty parts of a context are no gap in a token", "[tokens]") {
    // OpenSSL 3.0 leaves an empty component out and gives an empty plaintext a tag of zeros: neither may show here.
    CHECK(token_of({"DE", "", "", ""}, "", "", "").find("0000000000") == std::string::npos);
    // What one part has must not pass for another's: "a" and nothing is not nothing and "a".
    const std::array<TokenContext, 5> contexts{{{"DE", "a", "", ""}, {"DE", "", "a", ""}, {"DE", "", "", "a"}, {"DE", "a", "a", ""}, {"DE", "", "", ""}}};
    for (const auto& made : contexts)
        for (const auto& used : contexts) CHECK((opened(used, token_of(made, "")) == "") == (&made == &used));
}

TEST_CASE("a token of a subdivision is one word, and what is too long to be one is refused", "[tokens]") {
    const TokenContext quebec{"CA-QC", "t", "s", "d"};
    const auto token = token_of(quebec, "v");
    CHECK(token.starts_with("BGT1_CAQC_"));
    CHECK(opened(quebec, token) == "v");
    CHECK(made_under(token, "CA-QC"));
    CHECK_FALSE(made_under(token, "CA"));
    CHECK(token_of(context, std::string(6'000, 'x')) == "!mask_unfit");
    const auto longest = token_of(context, std::string(5'000, 'x'));
    CHECK(longest.size() <= longest_token);
    CHECK(opened(context, longest) == std::string(5'000, 'x'));
}

TEST_CASE("base32 is strict", "[tokens]") {
    for (std::size_t size = 0; size < 12; ++size) {
        std::vector<std::uint8_t> bytes;
        for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<std::uint8_t>(251 * (i + 1)));
        std::string text;
        append_base32(bytes, text);
        CHECK(decode_base32(text) == bytes);
        CHECK(decode_base32(lower(text)) == bytes);
        CHECK_FALSE(decode_base32(text + "U"));
        CHECK_FALSE(decode_base32(text + " "));
    }
    CHECK_FALSE(decode_base32("1"));
    CHECK_FALSE(decode_base32("01"));  // a rest bit is set
    CHECK_FALSE(decode_base32("000"));
}
