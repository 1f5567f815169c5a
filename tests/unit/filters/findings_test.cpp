#include "filters/findings.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

namespace {

constexpr ClassId contact{5}, account{6};

}  // namespace

TEST_CASE("what was seen is counted by entity, and its classes are joined") {
    Findings findings;
    findings.saw(ClassSet{contact}, "EMAIL_ADDRESS", "/a");
    findings.saw(ClassSet{contact}, "EMAIL_ADDRESS", "/b");
    findings.saw(ClassSet{account, contact}, "IBAN_CODE", "/a");
    CHECK(findings.values == 3);
    CHECK(findings.classes == ClassSet{contact, account});
    CHECK(findings.entities == decltype(findings.entities){{"EMAIL_ADDRESS", 2}, {"IBAN_CODE", 1}});
    CHECK(findings.pointers == std::vector<std::string>{"/a", "/b"});
}

TEST_CASE("a declared value without entity counts, and names no entity") {
    Findings findings;
    findings.saw(ClassSet{account}, {}, "/a");
    CHECK(findings.values == 1);
    CHECK(findings.entities.empty());
    CHECK(findings.pointers == std::vector<std::string>{"/a"});
}

TEST_CASE("the whole document has no pointer to record") {
    Findings findings;
    findings.saw(ClassSet{account}, "IBAN_CODE", {});
    CHECK(findings.values == 1);
    CHECK(findings.pointers.empty());
}

TEST_CASE("places are bounded, counts are not") {
    Findings findings;
    for (std::size_t i = 0; i < 3 * Findings::most_pointers; ++i)
        findings.saw(ClassSet{contact}, "PHONE_NUMBER", "/" + std::to_string(i));
    CHECK(findings.pointers.size() == Findings::most_pointers);
    CHECK(findings.pointers.front() == "/0");
    CHECK(findings.pointers.back() == "/" + std::to_string(Findings::most_pointers - 1));
    CHECK(findings.values == 3 * Findings::most_pointers);
    CHECK(findings.entities.at("PHONE_NUMBER") == 3 * Findings::most_pointers);
}
