#include "config/words.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace bordergate;

namespace {

/// The words of `text` with a bar between them.
std::string words(std::string_view text) {
    std::string out;
    for (auto word = next_word(text, 0); !word.empty(); word = next_word(text, word.end)) out.append(out.empty() ? "" : "|").append(word.of(text));
    return out;
}

std::string folded(std::string_view word) {
    std::string out;
    fold_word(word, out);
    return out;
}

}  // namespace

TEST_CASE("words end where their script ends them") {
    CHECK(words("") == "");
    CHECK(words("...") == "");
    CHECK(words("one, two_3") == "one|two|3");
    CHECK(words("„Müller“ «Ødegård»") == "Müller|Ødegård");
    CHECK(words("Anna\u00a0Schmidt\u202fGmbH") == "Anna|Schmidt|GmbH");
    CHECK(words("（Ｓｍｉｔｈ）、Jones。") == "Ｓｍｉｔｈ|Jones");
    CHECK(words("محمد، أحمد؟") == "محمد|أحمد");
    CHECK(words("我是Anna王") == "我|是|Anna|王");
    CHECK(words("한국 tel") == "한|국|tel");
    CHECK(words("Anna😀Otto❤️Eva") == "Anna|Otto|Eva");
    CHECK(words("O’Neil O\u02bcNeil") == "O|Neil|O|Neil");
}

TEST_CASE("marks go with what they stand on, and one unseen character parts no word") {
    CHECK(words("Mu\u0308ller") == "Mu\u0308ller");
    CHECK(words("か\u3099き") == "か\u3099|き");
    CHECK(words("\u1112\u1161\u11ab\u1100\u116e\u11a8") == "\u1112\u1161\u11ab|\u1100\u116e\u11a8");
    CHECK(words("葛\U000e0100城") == "葛\U000e0100|城");
    CHECK(words("Schmi\u00addt") == "Schmi\u00addt");
    CHECK(words("Schmi\u00ad\u00addt") == "Schmi|dt");
    CHECK(words("Anna\u00ad Otto\u200bEva") == "Anna|Otto|Eva");
}

TEST_CASE("what is no UTF-8 parts words") {
    CHECK(words("a\xff"
                "b\xc3 c\xe4\xb8") == "a|b|c");
}

TEST_CASE("case, width, composition and what cannot be seen are set aside") {
    const std::vector<std::vector<std::string>> same{
        {"ÖDEGÅRD", "ödegård", "o\u0308degA\u030ard"},
        {"STRASSE", "Straße", "STRAẞE", "ſtrasse"},
        {"ΠΑΠΑΔΟΠΟΥΛΟΣ", "Παπαδόπουλος"},
        {"ИВАНОВ", "Иванов"},
        {"DİLEK", "Dilek", "DILEK", "dılek"},
        {"Ｓｍｉｔｈ", "smith", "SMITH", "Smi\u00adth", "𝐒𝐦𝐢𝐭𝐡"},
        {"NGUYỆN", "nguyện", "nguye\u0302\u0323n", "nguyê\u0323n"},
        {"ﬁsher", "FISHER"},
        {"ガ", "ｶﾞ", "カ\u3099"},
        {"한", "\u1112\u1161\u11ab"},
        {"王"},
        {"一", "⼀"},
    };
    for (std::size_t i = 0; i < same.size(); ++i) {
        for (const auto& one : same[i]) {
            INFO(one);
            CHECK(folded(one) == folded(same[i].front()));
        }
        if (i > 0) CHECK(folded(same[i].front()) != folded(same[i - 1].front()));
    }
    CHECK(folded("Müller") != folded("Muller"));
    CHECK(folded("Abc9") == "abc9");
}

TEST_CASE("blanks, hyphens, dots and apostrophes of any kind join the words of a phrase, nothing else does") {
    for (std::string_view gap : {"", " ", "\u00a0", "\u3000", "-", "\u2011", "–", ". ", "’", "'", "\r\n", "·", "・", "＿", "\u00ad"}) {
        INFO(gap);
        CHECK(joins_words(gap));
    }
    for (std::string_view gap : {",", "、", "。", " / ", "“", "😀", "\xff"}) {
        INFO(gap);
        CHECK_FALSE(joins_words(gap));
    }
}

TEST_CASE("punctuation of any script and scripts without spaces break words, letters and their marks do not") {
    for (std::string_view one : {"、", "，", "“", "’", "\u00a0", "،", "।", "王", "か", "한", "ก", "ກ", "မ", "ក", "😀", "²", "\xff"}) {
        INFO(one);
        CHECK(breaks_words(one, 0));
    }
    for (std::string_view one : {"ä", "ж", "α", "א", "م", "\u0301", "क", "ი"}) {
        INFO(one);
        CHECK_FALSE(breaks_words(one, 0));
    }
}
