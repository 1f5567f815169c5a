#include "filters/detect/typeset.hpp"

#include <catch2/catch.hpp>

#include "tests/support/sightings.hpp"

using namespace bordergate;
using bordergate::testing::deeply_sighted;
using bordergate::testing::sighted;

namespace {

std::string plain(std::string_view text) {
    Unescaped made;
    bool typeset = false;
    for (std::size_t at = 0; at < text.size(); ++at) typeset = typeset || typeset_at(text, at);
    read_plain(text, made);
    return typeset ? made.text : "-";
}

}  // namespace

TEST_CASE("full-width forms and typeset blanks and hyphens stand for ASCII") {
    CHECK(plain("（＋４９）～！　x") == "(+49)~! x");
    CHECK(plain("1\u00a02\u202f3\u20094\u20115–6") == "1 2 3 4-5-6");
    Unescaped made;
    read_plain("ä＠b", made);
    CHECK(made.text == "ä@b");
    CHECK(made.origin == std::vector<std::size_t>{0, 1, 2, 5, 6});
}

TEST_CASE("the punctuation of prose is no reason to read a text twice") {
    for (std::string_view text : {"", "plain", "你好，世界！真的：是？", "Vraiment\u00a0? Oui\u00a0: 5\u00a0%", "well – yes", "ｦ", "\xef", "\xef\xbc", "\xc2", "1\xe2\x80"}) {
        INFO(text);
        CHECK(plain(text) == "-");
    }
    CHECK(plain("＋") == "+");
}

TEST_CASE("numbers and addresses in full-width forms are found") {
    CHECK(sighted("电话：＋４９　３０　９０１８２０。") == "电话：<PHONE_NUMBER>。");
    CHECK(sighted("Tel．＋49 30 901820") == "Tel．<PHONE_NUMBER>");
    CHECK(sighted("（415）555-2671") == "<PHONE_NUMBER>");
    CHECK(sighted("卡号４１１１１１１１１１１１１１１１，谢谢") == "卡号<CREDIT_CARD>，谢谢");
    CHECK(sighted("ＤＥ８９３７０４００４４０５３２０１３０００") == "<IBAN_CODE>");
    CHECK(sighted("邮箱：anna＠example．org。") == "邮箱：<EMAIL_ADDRESS>。");
    CHECK(sighted("１９２．１６８．１．１０") == "<IP_ADDRESS>");
    CHECK(deeply_sighted("x ＋４９３０９０１８２０ y") == "x <PHONE_NUMBER> y");
}

TEST_CASE("numbers with blanks that do not break, and typeset hyphens, are found") {
    CHECK(sighted("+33\u00a06\u00a012\u00a034\u00a056\u00a078") == "<PHONE_NUMBER>");
    CHECK(sighted("4111\u202f1111\u202f1111\u202f1111") == "<CREDIT_CARD>");
    CHECK(sighted("4111‑1111‑1111‑1111") == "<CREDIT_CARD>");
}

TEST_CASE("what full-width forms make longer than a match can be is none, and what stands beside it is found") {
    std::string wide;
    for (int i = 0; i < 180; ++i) wide += "ａ";
    for (const auto& match : {sighted(wide + "＠example.org anna@example.org")}) CHECK_THAT(match, Catch::EndsWith(" <EMAIL_ADDRESS>"));
}
