#include "filters/mask/fpe.hpp"

#include <catch2/catch.hpp>

#include "filters/detect/checksums.hpp"

using namespace bordergate;

namespace {

using Key = std::array<std::uint8_t, 64>;
constexpr Key key{7};
constexpr FpeContext far{"CREDIT_CARD", "far"};

struct Format {
    MaskParameters how;
    bool number = false;
    Format(Alphabet alphabet = Alphabet::digits, bool luhn = false, bool a_number = false) : number(a_number) {
        how.alphabet = alphabet;
        how.luhn = luhn;
    }
    std::string apply(ff1::Way way, std::string_view value, const Key& with = key, const FpeContext& context = far) const {
        std::string out = "-";
        const auto done = fpe(how, way, with, context, number, value, out);
        if (done.has_value()) return out.substr(1);
        CHECK(out == "-");
        return "!" + std::string(info(done.error().code).name);
    }
    std::string hidden(std::string_view value) const { return apply(ff1::Way::encrypt, value); }
    /// Enciphered, with the way back shown to hold.
    std::string there_and_back(std::string_view value) const {
        const auto made = hidden(value);
        CHECK(apply(ff1::Way::decrypt, made) == value);
        CHECK(made != value);
        return made;
    }
};

}  // namespace

TEST_CASE("a value is enciphered within its alphabet, keeps its separators, and comes back", "[fpe]") {
    const auto card = Format().there_and_back("4111 1111-1111 1111");
    CHECK(card.size() == 19);
    CHECK((card[4] == ' ' && card[9] == '-' && card[14] == ' '));
    CHECK(card.find_first_not_of("0123456789 -") == std::string::npos);
    CHECK(Format(Alphabet::hexadecimal).there_and_back("00ff-12ab").find_first_not_of("0123456789abcdef-") == std::string::npos);
    CHECK(Format(Alphabet::letters).there_and_back("Anna-Lena").find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-") == std::string::npos);
    CHECK(Format(Alphabet::upper_alphanumeric).there_and_back("DE89 3704 0044 0532 0130 00").size() == 27);
    CHECK(Format(Alphabet::alphanumeric).there_and_back("anna.lena@example.org")[9] == '@');
    CHECK(Format().there_and_back("000000").size() == 6);
}

TEST_CASE("key, entity and destination each make another value of it", "[fpe]") {
    const Format digits;
    const std::string value = "4111111111111111", made = digits.hidden(value);
    CHECK(made == digits.hidden(value));
    CHECK(made != digits.apply(ff1::Way::encrypt, value, Key{8}));
    CHECK(made != digits.apply(ff1::Way::encrypt, value, key, {"CREDIT_CARD", "near"}));
    CHECK(made != digits.apply(ff1::Way::encrypt, value, key, {"IBAN_CODE", "far"}));
    CHECK(digits.apply(ff1::Way::encrypt, value, key, {"CREDIT_CAR", "Dfar"}) != made);
}

TEST_CASE("what is one of fewer than a million, too long, or outside the alphabet is refused", "[fpe]") {
    for (std::string value : {"12345", "1-2-3-4-5", "", "-", "no digits", "12345678x", "1234567\xc3\xa9"}) CHECK(Format().hidden(value) == "!mask_unfit");
    CHECK(Format(Alphabet::letters).hidden("abc") == "!mask_unfit");
    CHECK(Format(Alphabet::letters).hidden("abcd").size() == 4);
    CHECK(Format(Alphabet::hexadecimal).hidden("00FF12AB") == "!mask_unfit");
    CHECK(Format().hidden(std::string(ff1::most_numerals, '7')).size() == ff1::most_numerals);
    CHECK(Format().hidden(std::string(ff1::most_numerals + 1, '7')) == "!mask_unfit");
}

TEST_CASE("a card keeps its check digit right, and only one that is right comes in", "[fpe]") {
    const Format card(Alphabet::digits, true);
    for (std::string value : {"4111111111111111", "5555555555554444", "378282246310005", "6011000990139424"}) {
        const auto made = card.there_and_back(value);
        CHECK(luhn(made));
        CHECK(made.size() == value.size());
    }
    CHECK(card.there_and_back("4111 1111 1111 1111")[4] == ' ');
    CHECK(card.hidden("4111111111111112") == "!mask_unfit");
    CHECK(card.hidden("123455") == "!mask_unfit");   // five digits are open
    CHECK(card.hidden("1234566").size() == 7);
    CHECK(card.hidden("7") == "!mask_unfit");
    CHECK(card.hidden("") == "!mask_unfit");
}

TEST_CASE("a JSON number never begins with zero, and loses no digit", "[fpe]") {
    const Format number(Alphabet::digits, false, true), card(Alphabet::digits, true, true);
    for (unsigned i = 0; i < 300; ++i) {
        const auto value = std::to_string(1'000'000 + 7919 * i);
        const auto made = number.there_and_back(value);
        REQUIRE(made.size() == value.size());
        REQUIRE(made.front() != '0');
    }
    CHECK(number.there_and_back("-1234567").front() == '-');
    CHECK(number.there_and_back("-1234567")[1] != '0');
    CHECK(luhn(card.there_and_back("4111111111111111")));
    CHECK(number.hidden("123456") == "!mask_unfit");   // 900,000 numbers have six digits
    CHECK(card.hidden("1234566") == "!mask_unfit");
    CHECK(card.hidden("0000000018") == "!mask_unfit");
    CHECK(number.hidden("0") == "!mask_unfit");
    // With a point or an exponent it is a text.
    CHECK(number.there_and_back("1700000000.123456")[10] == '.');
}
