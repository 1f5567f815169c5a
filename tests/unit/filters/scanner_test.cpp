#include "filters/detect/scanner.hpp"

#include <catch2/catch.hpp>

#include "tests/support/sightings.hpp"

using namespace bordergate;

namespace {

/// What the recognisers that are on by default see.
std::string found(std::string_view text) { return bordergate::testing::sighted(text); }

}  // namespace

TEST_CASE("e-mail addresses") {
    CHECK(found("write to anna.schmidt@example.org.") == "write to <EMAIL_ADDRESS>.");
    CHECK(found("<a+b@x-y.co.uk>") == "<<EMAIL_ADDRESS>>");
    CHECK(found("'o'neil@example.ie'") == "'<EMAIL_ADDRESS>'");
    CHECK(found("mailto:a@b.de?x") == "mailto:<EMAIL_ADDRESS>?x");
    CHECK(found("/log?x=1&mail=a@b.de user=c@d.fr") == "/log?x=1&mail=<EMAIL_ADDRESS> user=<EMAIL_ADDRESS>");
    CHECK(found("bounce+anna=example.org@lists.example.net") == "<EMAIL_ADDRESS>");
    CHECK(found("a@b.de, c@d.fr") == "<EMAIL_ADDRESS>, <EMAIL_ADDRESS>");
    for (auto text : {"a@b", "@b.de", "a@", "a@.de", "a@b.1", "user @ example.com", "a.@b.de", "@Override"}) {
        INFO(text);
        CHECK(found(text) == text);
    }
}

TEST_CASE("payment cards need issuer, length and checksum") {
    CHECK(found("card 4111111111111111.") == "card <CREDIT_CARD>.");
    CHECK(found("4111 1111 1111 1111 exp 12/27") == "<CREDIT_CARD> exp 12/27");
    CHECK(found("4111-1111-1111-1111") == "<CREDIT_CARD>");
    CHECK(found("amex 3782 822463 10005") == "amex <CREDIT_CARD>");
    CHECK(found("paid with 5555555555554444") == "paid with <CREDIT_CARD>");
    CHECK(found("6011111111111117 exp 12/27") == "<CREDIT_CARD> exp 12/27");
    CHECK(found("order 5555555555554444") == "order 5555555555554444");
    CHECK(found("4111 1111 1111 1111 2024") == "<CREDIT_CARD> 2024");
    for (auto text : {"4111111111111112", "1700000000000", "0.4111111111111111", "x4111111111111111", "41111111111111111111", "1234567812345670"}) {
        INFO(text);
        CHECK(found(text) == text);
    }
}

TEST_CASE("epoch milliseconds are not cards") {
    int cards = 0;
    for (long long ms = 1'690'000'000'000; ms < 1'690'000'100'000; ms += 7) cards += found(std::to_string(ms)).front() == '<' ? 1 : 0;
    CHECK(cards == 0);
}

TEST_CASE("IBANs need country, length and checksum") {
    CHECK(found("IBAN DE89370400440532013000 bitte") == "IBAN <IBAN_CODE> bitte");
    CHECK(found("DE89 3704 0044 0532 0130 00") == "<IBAN_CODE>");
    CHECK(found("GB29NWBK60161331926819") == "<IBAN_CODE>");
    CHECK(found("FR14 2004 1010 0505 0001 3M02 606") == "<IBAN_CODE>");
    CHECK(found("NO9386011117947") == "<IBAN_CODE>");
    for (auto text : {"DE89370400440532013001", "XX89370400440532013000", "DE8937040044053201300", "ADE89370400440532013000"}) {
        INFO(text);
        CHECK(found(text) == text);
    }
}

TEST_CASE("IP addresses of both families") {
    CHECK(found("from 192.168.1.10:443") == "from <IP_ADDRESS>:443");
    CHECK(found("2001:db8::1 and fe80::1%eth0") == "<IP_ADDRESS> and <IP_ADDRESS>%eth0");
    CHECK(found("::ffff:10.0.0.1") == "<IP_ADDRESS>");
    for (auto text : {"1.2.3.4.5", "v1.2.3.4", "256.1.1.1", "1.2.3", "01.2.3.4", "12:30:45", "a::b::c", "std::vector"}) {
        INFO(text);
        CHECK(found(text) == text);
    }
}

TEST_CASE("telephone numbers: international, telling shapes, or announced") {
    CHECK(found("+49 30 901820") == "<PHONE_NUMBER>");
    CHECK(found("+1 (415) 555-2671.") == "<PHONE_NUMBER>.");
    CHECK(found("(415) 555-2671") == "<PHONE_NUMBER>");
    CHECK(found("Telefon: 030 901820") == "Telefon: <PHONE_NUMBER>");
    CHECK(found("call me at 0171/1234567 today") == "call me at <PHONE_NUMBER> today");
    for (auto text : {"030 901820", "invoice 20240117", "+12", "order 555-2671-99999999999999", "republic 030 901820", "1+49301234567"}) {
        INFO(text);
        CHECK(found(text) == text);
    }
}

TEST_CASE("a telephone number stands directly behind punctuation") {
    CHECK(found("Tel.+49 30 901820") == "Tel.<PHONE_NUMBER>");
    CHECK(found("Tel.:+49 30 901820") == "Tel.:<PHONE_NUMBER>");
    CHECK(found("Tel/+49 30 901820 -+49 30 901820") == "Tel/<PHONE_NUMBER> -<PHONE_NUMBER>");
    CHECK(found("1.+49 30 901820") == "1.<PHONE_NUMBER>");
    CHECK(found("Tel.030 901820") == "Tel.<PHONE_NUMBER>");
    CHECK(found("тел.030 901820") == "тел.<PHONE_NUMBER>");
    CHECK(found("„Telefon“ 030 901820") == "„Telefon“ <PHONE_NUMBER>");
    CHECK(found("ТЕЛЕФОН 030 901820") == "ТЕЛЕФОН <PHONE_NUMBER>");
    CHECK(found("TÉLÉPHONE\u00a0: 01 23 45 67 89") == "TÉLÉPHONE\u00a0: <PHONE_NUMBER>");
    CHECK(found("电话030 901820，") == "电话<PHONE_NUMBER>，");
    CHECK(found("Tel：030 901820") == "Tel：<PHONE_NUMBER>");
    for (auto text : {"tel ..030 901820", "x++49 30 901820", "$+49 30 901820", "x+49 30 901820"}) {
        INFO(text);
        CHECK(found(text) == text);
    }
}

TEST_CASE("a country code is one that is given out, and the number as long as numbers there") {
    CHECK(found("+442079460958") == "<PHONE_NUMBER>");
    CHECK(found("+44 (0)20 7946 0958 is ours") == "<PHONE_NUMBER> is ours");
    CHECK(found("+33 6 12 34 56 78") == "<PHONE_NUMBER>");
    CHECK(found("+55 11 91234-5678") == "<PHONE_NUMBER>");
    CHECK(found("+91-98765-43210") == "<PHONE_NUMBER>");
    CHECK(found("+1 415 555 2671 1234") == "<PHONE_NUMBER> 1234");
    CHECK(found("+49 30 901820x") == "+49 30 901820x");
    for (auto text : {"+210-123-45678", "+999123456789", "+1 234 567", "+4412345678901234", "+33 1 23 45 67", "+0049301234567", "x += 12345678"}) {
        INFO(text);
        CHECK(found(text) == text);
    }
}

TEST_CASE("scripts without spaces and their punctuation end words, letters with accents do not") {
    CHECK(found("写信给anna@example.org。") == "写信给<EMAIL_ADDRESS>。");
    CHECK(found("邮箱：anna@example.org。") == "邮箱：<EMAIL_ADDRESS>。");
    CHECK(found("卡号4111111111111111，谢谢") == "卡号<CREDIT_CARD>，谢谢");
    CHECK(found("电话+49 30 901820。") == "电话<PHONE_NUMBER>。");
    CHECK(found("โทร192.168.1.10") == "โทร<IP_ADDRESS>");
    CHECK(found("«DE89370400440532013000»") == "«<IBAN_CODE>»");
    CHECK(found("“4111 1111 1111 1111”") == "“<CREDIT_CARD>”");
    CHECK(found("\u00a04111 1111 1111 1111\u00a0") == "\u00a0<CREDIT_CARD>\u00a0");
    for (auto text : {"ä4111111111111111", "4111111111111111ö", "ж192.168.1.10", "éDE89370400440532013000"}) {
        INFO(text);
        CHECK(found(text) == text);
    }
}

TEST_CASE("punctuation of scripts with spaces ends words too") {
    CHECK(found("رقم 4111 1111 1111 1111،") == "رقم <CREDIT_CARD>،");
    CHECK(found("192.168.1.10։") == "<IP_ADDRESS>։");
}

TEST_CASE("of overlapping matches one stays") {
    CHECK(found("4111111111111111@example.com") == "<EMAIL_ADDRESS>");
    CHECK(found("") == "");
}

TEST_CASE("every built-in pattern is a shape, so that none needs a pass of its own") {
    for (const auto& spec : builtin_recognisers())
        for (const auto& pattern : spec.patterns) {
            INFO(spec.entity << " " << pattern);
            const auto shape = Shape::parse(pattern);
            REQUIRE(shape);
            Pattern made{*shape, {}};
            Identifiers identifiers;
            PrefixedTokens prefixed;
            CHECK((prefixed.add(made) || identifiers.add(made)));
        }
}
