#include "filters/detect/expressions.hpp"

#include <catch2/catch.hpp>

#include "tests/support/sightings.hpp"

using namespace bordergate;
using bordergate::testing::sighted_by;

namespace {

Scanner scanner_of(const std::string& pattern, const std::string& checksum = {}) {
    Recogniser made;
    made.spec.entity = "OWN";
    made.spec.patterns = {pattern};
    made.spec.checksum = checksum;
    made.spec.alone = 0.9F;
    return Scanner({made});
}

/// How many searches it takes to look for `pattern`, of which no match counts.
std::size_t searches_for(const std::string& pattern, const std::string& text) {
    Weight weight;
    weight.alone = 0.1F;
    Expressions expressions;
    expressions.add(pattern, weight);
    expressions.compile();
    Surroundings surroundings(text, {});
    std::vector<Sighting> sightings;
    const auto searches = expressions.look(text, surroundings, sightings);
    CHECK(sightings.empty());
    return searches;
}

}  // namespace

TEST_CASE("what stands inside a match that its check digits rule out is found", "[expressions]") {
    const auto cards = scanner_of("\\d{4}(?: \\d{4}){3,5}", "luhn");
    CHECK(sighted_by(cards, "1234 4111 1111 1111 1111") == "1234 <OWN>");
    CHECK(sighted_by(cards, "no 1234 5679 4111 1111 1111 1111, ok") == "no 1234 5679 <OWN>, ok");
    CHECK(sighted_by(cards, "4111 1111 1111 1112") == "4111 1111 1111 1112");
    // One that counts is passed over as a whole.
    CHECK(sighted_by(cards, "4111 1111 1111 1111, 4111 1111 1111 1111") == "<OWN>, <OWN>");
}

TEST_CASE("what stands inside a match that is no whole word is found", "[expressions]") {
    const auto codes = scanner_of("[a-z]{2}(?:-[a-z]{2}){1,2}");
    CHECK(sighted_by(codes, "xab-cd-ef") == "xab-<OWN>");
    CHECK(sighted_by(codes, "ab-cd-efg") == "ab-cd-efg");
    CHECK(sighted_by(scanner_of("#?[A-Z]{2}(?:[0-9]{2})?#[0-9]{2}"), "xAB12#34 AB#12") == "xAB12#34 <OWN>");
    // Each character of a script without spaces is a word by itself.
    CHECK(sighted_by(scanner_of("卡?号[0-9]{3}"), "x卡号123") == "x<OWN>");
}

TEST_CASE("searching inside what is ruled out takes time in proportion to the text", "[expressions]") {
    const std::string pattern = "\\d{4}(?: \\d{4}){0,49}";  // up to 249 bytes
    const auto text_of = [](std::size_t words) {
        std::string made;
        for (std::size_t i = 0; i < words; ++i) made += "1000 ";
        return made;
    };
    const auto one = searches_for(pattern, text_of(1000)), four = searches_for(pattern, text_of(4000));
    CHECK(one >= 1000);
    CHECK(one <= 2 * 1000 + 1);
    CHECK(four <= 4 * one);
    // Where a match may begin at every character.
    const std::string dashes(5000, '-');
    CHECK(searches_for("-{1,200}x", dashes) == 0);
    CHECK(searches_for("(?:-){200}", dashes) <= dashes.size() + 1);
    CHECK(searches_for("(?:-){200}", dashes) > dashes.size() / 2);
}
