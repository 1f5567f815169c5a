#include "filters/detect/identifiers.hpp"

#include <catch2/catch.hpp>

#include "tests/support/sightings.hpp"

using namespace bordergate;
using bordergate::testing::sighted_by;

namespace {

Recogniser recogniser(std::string entity, std::vector<std::string> patterns, std::vector<std::string> context = {}) {
    Recogniser made;
    made.spec.entity = std::move(entity);
    made.spec.patterns = std::move(patterns);
    made.spec.context = std::move(context);
    made.spec.alone = made.spec.context.empty() ? 0.9F : 0.1F;
    made.spec.near = 0.95F;
    return made;
}

}  // namespace

TEST_CASE("identifiers stand as words of their own, with the separators that they may have") {
    const Scanner scanner({recogniser("A", {"\\d{3}[ -]?\\d{3}"}), recogniser("B", {"[A-Z]{2}[ ]?\\d{2}[ ]?\\d{2}[ ]?[A-D]"}), recogniser("C", {"CHE-\\d{3}\\.\\d{3}"})});
    CHECK(sighted_by(scanner, "123456") == "<A>");
    CHECK(sighted_by(scanner, "is 123 456.") == "is <A>.");
    CHECK(sighted_by(scanner, "(123-456)") == "(<A>)");
    CHECK(sighted_by(scanner, "AB 12 34 C") == "<B>");
    CHECK(sighted_by(scanner, "AB1234C,AB1234C") == "<B>,<B>");
    CHECK(sighted_by(scanner, "CHE-123.456") == "<C>");
    CHECK(sighted_by(scanner, "x=123456&y=1") == "x=<A>&y=1");
    CHECK(sighted_by(scanner, "1,123456,123-456,2") == "1,<A>,<A>,2");
    for (const char* text : {"1234567", "x123456", "123456x", "0.123456", "123456.78", "1-123456-2", "ZAB 1234C", "AB 1234E", "123  456", "\xc3\xa4" "123456", "123456\xc3\xa4", "12345"}) {
        INFO(text);
        CHECK(sighted_by(scanner, text) == text);
    }
}

TEST_CASE("a number without check digits counts near a word that announces it") {
    const Scanner scanner({recogniser("EMPLOYEE", {"\\d{6}"}, {"employee", "personalnummer"})});
    CHECK(sighted_by(scanner, "Personalnummer: 123456") == "Personalnummer: <EMPLOYEE>");
    CHECK(sighted_by(scanner, "order 123456") == "order 123456");
    CHECK(sighted_by(scanner, "123456", "employeeNo") == "<EMPLOYEE>");
}

TEST_CASE("long words cost one pass, and are no identifiers") {
    const Scanner scanner({recogniser("A", {"\\d{6}"})});
    const std::string letters(100000, 'a'), digits(100000, '1');
    CHECK(sighted_by(scanner, letters + "1" + letters) == letters + "1" + letters);
    CHECK(sighted_by(scanner, digits) == digits);
}

TEST_CASE("prefixed tokens, regular expressions and word lists are found beside each other") {
    auto words = recogniser("PROJECT", {});
    words.spec.words = {"Blue Falcon", "\xc3\x84rger"};
    const Scanner scanner({recogniser("TOKEN", {"ghp_[A-Za-z0-9]{36}"}), recogniser("EITHER", {"(foo|bar)-x{1,3}"}), words});
    const std::string token = "ghp_" + std::string(36, 'a');
    CHECK(sighted_by(scanner, "key=" + token + ";") == "key=<TOKEN>;");
    CHECK(sighted_by(scanner, "https://u:" + token + "@h") == "https://u:<TOKEN>@h");
    CHECK(sighted_by(scanner, token + "a") == token + "a");
    CHECK(sighted_by(scanner, "a foo-xx, bar-x") == "a <EITHER>, <EITHER>");
    CHECK(sighted_by(scanner, "afoo-xx foo-xxxx") == "afoo-xx foo-xxxx");
    CHECK(sighted_by(scanner, "the BLUE  falcon flies; \xc3\xa4rger") == "the <PROJECT> flies; <PROJECT>");
    CHECK(sighted_by(scanner, "blue falcons, blue, falcon") == "blue falcons, blue, falcon");
}

TEST_CASE("a pattern that no faster way would find is looked for as an expression", "[patterns]") {
    struct Case {
        const char *pattern, *value;
    };
    for (const auto& one : {
             Case{"key:[a-z]{20}", "key:abcdefghijklmnopqrst"},                            // tokens have no colon
             Case{"key [a-z]{20}", "key abcdefghijklmnopqrst"},                            // nor a blank
             Case{"abc[a-z]{16}:\\d{3}", "abcabcdefghijklmnop:123"},                       // nor one further on
             Case{"abc[a-z ]{16}", "abcabcdefgh ijklmno"},
             Case{"--key[a-z]{16}", "--keyabcdefghijklmnop"},                              // which begin with a word
             Case{"PERSONALNUMMER-\\d{6}", "PERSONALNUMMER-123456"},                        // a longer word than identifiers begin with
             Case{"EMP:\\d{6}", "EMP:123456"}, Case{"EMP_\\d{6}", "EMP_123456"},             // separators that they have not
             Case{"EMP--\\d{6}", "EMP--123456"}, Case{"EMP ?-\\d{6}", "EMP -123456"},         // two of them
             Case{"A-[A-Z]?-\\d{3}", "A--123"}, Case{"A-B-C-D-E-\\d{3}", "A-B-C-D-E-123"},    // nothing between two, and too many
             Case{"[A-Z0-9]{10}-\\d{3}", "ABCDEFGHIJ-123"},
             Case{"\\d{50}", "12345678901234567890123456789012345678901234567890"},
             Case{"A\\d{3}#", "A123#"}, Case{"\\d{3}-[A-Z]", "123-A"}, Case{"AB ?CD ?\\d{3}", "ABCD123"}, Case{"AB ?CD ?\\d{3}", "AB CD 123"},
         }) {
        INFO(one.pattern);
        const Scanner scanner({recogniser("A", {one.pattern})});
        const std::string value = one.value;
        CHECK(sighted_by(scanner, value) == "<A>");
        CHECK(sighted_by(scanner, "it is " + value + " here") == "it is <A> here");
        CHECK(sighted_by(scanner, "(" + value + ")") == "(<A>)");
    }
}

TEST_CASE("a regular expression in a script without spaces matches beside letters, and no part of a word") {
    const Scanner scanner({recogniser("STAFF", {"(员工|职员)\\d{4}"}), recogniser("ROOM", {"(Zimmer|Büro)(ä|x)"})});
    CHECK(sighted_by(scanner, "Anna员工1234") == "Anna<STAFF>");
    CHECK(sighted_by(scanner, "员工1234、员工12345") == "<STAFF>、员工12345");
    CHECK(sighted_by(scanner, "“Büroä” Büroäs") == "“<ROOM>” Büroäs");
}

TEST_CASE("no built-in pattern needs a pass of its own over every text") {
    for (const auto& one : builtin_recognisers())
        for (const auto& text : one.patterns) {
            INFO(one.entity << " " << text);
            const auto shape = Shape::parse(text);
            REQUIRE(shape);
            PrefixedTokens prefixed;
            Identifiers identifiers;
            CHECK((prefixed.add({*shape, {}}) || identifiers.add({*shape, {}})));
        }
}
