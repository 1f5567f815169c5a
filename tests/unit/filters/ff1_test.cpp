#include "filters/mask/ff1.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace bordergate;

namespace {

constexpr std::string_view letters = "0123456789abcdefghijklmnopqrstuvwxyz";

std::vector<std::uint8_t> hex(std::string_view text) {
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i < text.size(); i += 2) bytes.push_back(static_cast<std::uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
    return bytes;
}

std::string applied(ff1::Way way, std::string_view key, unsigned radix, std::string_view tweak, std::string_view text) {
    std::vector<std::uint8_t> numerals;
    for (char c : text) numerals.push_back(static_cast<std::uint8_t>(letters.find(c)));
    const auto tweak_bytes = hex(tweak);
    const auto done = ff1::apply(way, hex(key), radix, {reinterpret_cast<const char*>(tweak_bytes.data()), tweak_bytes.size()}, numerals);
    if (done.has_error()) return "!" + std::string(info(done.error().code).name);
    std::string out;
    for (auto one : numerals) out += letters[one];
    return out;
}

}  // namespace

TEST_CASE("FF1 gives the samples that NIST publishes (FF1samples)", "[ff1]") {
    const std::string k128 = "2B7E151628AED2A6ABF7158809CF4F3C", k192 = k128 + "EF4359D8D580AA4F", k256 = k192 + "7F036D6F04FC6A94";
    const std::string tweak10 = "39383736353433323130", tweak36 = "3737373770717273373737";
    struct Sample {
        std::string key;
        unsigned radix;
        std::string tweak, plain, cipher;
    };
    const std::vector<Sample> samples{
        {k128, 10, "", "0123456789", "2433477484"},           {k128, 10, tweak10, "0123456789", "6124200773"},
        {k128, 36, tweak36, "0123456789abcdefghi", "a9tv40mll9kdu509eum"},
        {k192, 10, "", "0123456789", "2830668132"},           {k192, 10, tweak10, "0123456789", "2496655549"},
        {k192, 36, tweak36, "0123456789abcdefghi", "xbj3kv35jrawxv32ysr"},
        {k256, 10, "", "0123456789", "6657667009"},           {k256, 10, tweak10, "0123456789", "1001623463"},
        {k256, 36, tweak36, "0123456789abcdefghi", "xs8a0azh2avyalyzuwd"},
    };
    for (const auto& one : samples) {
        CHECK(applied(ff1::Way::encrypt, one.key, one.radix, one.tweak, one.plain) == one.cipher);
        CHECK(applied(ff1::Way::decrypt, one.key, one.radix, one.tweak, one.cipher) == one.plain);
    }
}

TEST_CASE("FF1 comes back from every length, and the tweak and the key count", "[ff1]") {
    const std::string key(64, '5'), other(64, '6');
    for (unsigned radix : {10U, 36U})
        for (std::size_t length = 6; length <= ff1::most_numerals; ++length) {
            std::string plain;
            for (std::size_t i = 0; i < length; ++i) plain += letters[(i * i + length) % radix];
            const auto cipher = applied(ff1::Way::encrypt, key, radix, "0102", plain);
            REQUIRE(cipher.size() == length);
            REQUIRE(applied(ff1::Way::decrypt, key, radix, "0102", cipher) == plain);
            if (length < 12) continue;  // short ones may agree by chance
            CHECK(applied(ff1::Way::encrypt, key, radix, "0103", plain) != cipher);
            CHECK(applied(ff1::Way::encrypt, other, radix, "0102", plain) != cipher);
        }
}

TEST_CASE("FF1 refuses what is one of fewer than a million, or too long", "[ff1]") {
    const std::string key(64, '5');
    CHECK(applied(ff1::Way::encrypt, key, 10, "", "12345") == "!mask_unfit");
    CHECK(applied(ff1::Way::encrypt, key, 10, "", "123456").size() == 6);
    CHECK(applied(ff1::Way::encrypt, key, 36, "", "123") == "!mask_unfit");
    CHECK(applied(ff1::Way::encrypt, key, 36, "", "1234").size() == 4);
    CHECK(applied(ff1::Way::encrypt, key, 10, "", "") == "!mask_unfit");
    CHECK(applied(ff1::Way::encrypt, key, 10, "", std::string(ff1::most_numerals + 1, '1')) == "!mask_unfit");
    CHECK(applied(ff1::Way::encrypt, "0102", 10, "", "1234567") == "!key_unavailable");
    CHECK(ff1::enough(255, 3));
    CHECK_FALSE(ff1::enough(255, 2));
}
