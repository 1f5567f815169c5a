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
    CHECK(folded("NÚMERO ΑΦΜ ИНН Й") == folded("número αφμ инн й"));
    CHECK(folded("卡号Tel") == " 卡 号 tel ");
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

TEST_CASE("a word that announces is found within punctuation and beside letters of any script") {
    for (std::string_view text : {"„SSN“ 123", "SSN\u00a0123", "（SSN）123", "SSN：123", "请提供SSN号码123", "SSN\u3000123", "123，SSN。", "ＳＳＮ 123", "«ssn»123"}) {
        INFO(text);
        CHECK(announced({"ssn"}, text, "123"));
    }
    for (std::string_view text : {"éssn 123", "ssnя 123", "123 ssnö"}) {
        INFO(text);
        CHECK_FALSE(announced({"ssn"}, text, "123"));
    }
    CHECK(announced({"τηλέφωνο"}, "ΤΗΛΕΦΩΝΟ: 123", "123"));
    CHECK(announced({"größe"}, "GRÖSSE 123", "123"));
    CHECK(announced({"카드번호"}, "카드번호는 123", "123"));
    CHECK(announced({"โทร"}, "เบอร์โทร123", "123"));
}

TEST_CASE("a window that begins or ends in a character or a word leaves it out") {
    CHECK(whole_words_before("xä abc", 7, 5) == " abc");
    CHECK(whole_words_before("xä abc", 7, 6) == " abc");
    CHECK(whole_words_before("卡号abc", 9, 5) == "abc");
    CHECK(whole_words_before("卡号abc", 9, 6) == "号abc");
    CHECK(whole_words_behind("abc äx", 0, 5) == "abc ");
    CHECK(whole_words_behind("abc卡号", 0, 7) == "abc卡");
    CHECK(whole_words_behind("abc", 1, 9) == "bc");
    CHECK(whole_words_before("abc", 0, 9) == "");
}
