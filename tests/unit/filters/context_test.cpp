#include "filters/detect/context.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

namespace {

std::string folded(std::string_view text) {
    std::string out;
    fold_words(text, out);
    return out;
}

bool announced(std::vector<std::string> words, std::string_view text, std::string_view value, std::string_view name = {}) {
    const ContextWords context(words);
    Surroundings surroundings(text, name);
    const auto at = text.find(value);
    return surroundings.announce(context, at, at + value.size());
}

}  // namespace

TEST_CASE("words are compared without regard to case, punctuation and camel case") {
    CHECK(folded("Steuer-ID:  12") == " steuer id 12 ");
    CHECK(folded("patientSsn_no") == " patient ssn no ");
    CHECK(folded("TAX ID") == " tax id ");
    CHECK(folded("N\xc3\x9aMERO \xce\x91\xce\xa6\xce\x9c \xd0\x98\xd0\x9d\xd0\x9d") == " n\xc3\xbamero \xce\xb1\xcf\x86\xce\xbc \xd0\xb8\xd0\xbd\xd0\xbd ");
    CHECK(folded("") == " ");
}

TEST_CASE("a word announces a match before it, behind it, and as the name of the field") {
    CHECK(announced({"ssn"}, "his SSN is 123", "123"));
    CHECK(announced({"ssn"}, "123 (SSN)", "123"));
    CHECK(announced({"tax id"}, "Tax-ID 123", "123"));
    CHECK(announced({"ssn"}, "123", "123", "patientSsn"));
    CHECK_FALSE(announced({"ssn"}, "123", "123", "session"));
    CHECK_FALSE(announced({"lic"}, "public 123", "123"));
    CHECK_FALSE(announced({"ssn"}, "ssn " + std::string(80, '.') + " 123", "123"));
    CHECK_FALSE(announced({}, "ssn 123", "123"));
    CHECK(announced({"\xe8\xba\xab\xe4\xbb\xbd\xe8\xaf\x81"}, "\xe6\x88\x91\xe7\x9a\x84\xe8\xba\xab\xe4\xbb\xbd\xe8\xaf\x81\xe5\x8f\xb7 123", "123"));
}

TEST_CASE("a word that the window cuts in two is none") {
    // 64 bytes before the match lies the end of "public", which is no "lic".
    const std::string text = "public" + std::string(61, '.') + "123";
    CHECK_FALSE(announced({"lic"}, text, "123"));
    CHECK(announced({"lic"}, "lic" + std::string(61, '.') + "123", "123"));
}
