#include "filters/detect/word_list.hpp"

#include <catch2/catch.hpp>

#include "filters/body/text.hpp"
#include "tests/support/every_split.hpp"
#include "tests/support/sightings.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::at_every_split;
using bordergate::testing::sighted_by;
using bordergate::testing::transformed;
using bordergate::testing::World;

namespace {

Recogniser listed(std::vector<std::string> words, std::string entity = "NAME") {
    Recogniser made;
    made.spec.entity = std::move(entity);
    made.spec.words = std::move(words);
    made.spec.alone = 0.9F;
    return made;
}

/// What a recogniser of `words` sees in `text`.
std::string found(std::vector<std::string> words, std::string_view text) { return sighted_by(Scanner({listed(std::move(words))}), text); }

/// How many steps a list of `phrases` takes for `text`, and how many sightings that yields.
std::pair<std::size_t, std::size_t> steps(const std::vector<std::string>& phrases, std::string_view text) {
    WordList list;
    Weight weight;
    weight.alone = 1;
    for (const auto& one : phrases) REQUIRE(list.add(one, weight));
    list.compile();
    Surroundings surroundings(text, {});
    std::vector<Sighting> sightings;
    const auto taken = list.look(text, surroundings, sightings);
    return {taken, sightings.size()};
}

std::string repeated(std::string_view piece, std::size_t times) {
    std::string made;
    for (; times > 0; --times) made += piece;
    return made;
}

}  // namespace

TEST_CASE("a listed word is found within punctuation of any script") {
    for (std::string_view text : {"„@“", "«@»", "‘@’", "（@）", "姓名：@。", "\u00a0@\u00a0", "\u3000@\u3000", "@、@，", "…@…", "我是@王", "@씨", "😀@❤️", "٫@،"}) {
        std::string in, out;
        for (const char c : text) in += c == '@' ? std::string("Schmidt") : std::string(1, c), out += c == '@' ? std::string("<NAME>") : std::string(1, c);
        INFO(in);
        CHECK(found({"Schmidt"}, in) == out);
    }
    for (std::string_view text : {"Schmidtä", "жSchmidt", "Schmidts", "Schmidt\u0301", "9Schmidt"}) CHECK(found({"Schmidt"}, text) == text);
}

TEST_CASE("a listed word is found in any case of its script, width and composition") {
    CHECK(found({"Öztürk"}, "ÖZTÜRK, öztürk, O\u0308ztu\u0308rk") == "<NAME>, <NAME>, <NAME>");
    CHECK(found({"Weiß"}, "WEISS WEIẞ weiss") == "<NAME> <NAME> <NAME>");
    CHECK(found({"Παπαδόπουλος"}, "ΠΑΠΑΔΟΠΟΥΛΟΣ") == "<NAME>");
    CHECK(found({"ЁЛКИН"}, "ёлкин") == "<NAME>");
    CHECK(found({"dilek"}, "DİLEK") == "<NAME>");
    CHECK(found({"Smith"}, "Ｓｍｉｔｈ sm\u00adith") == "<NAME> <NAME>");
    CHECK(found({"Ḿ"}, "m\u0301 m") == "<NAME> m");
}

TEST_CASE("a listed word in a script without spaces is found wherever it stands") {
    CHECK(found({"张三"}, "我叫张三丰，张 三") == "我叫<NAME>丰，<NAME>");
    CHECK(found({"山田太郎"}, "私は山田太郎です。山田花子") == "私は<NAME>です。山田花子");
    CHECK(found({"김철수"}, "김철수는 \u1100\u1175\u11b7철수") == "<NAME>는 <NAME>");
    CHECK(found({"김가"}, "김간") == "김간");
    CHECK(found({"สมชาย"}, "คุณสมชายมา") == "คุณ<NAME>มา");
    CHECK(found({"ABC公司"}, "在ABC公司工作, xABC公司") == "在<NAME>工作, xABC公司");
    CHECK(found({"乔治·布什"}, "乔治・布什和乔治布什") == "<NAME>和<NAME>");
}

TEST_CASE("a phrase may be written with other blanks, hyphens and apostrophes") {
    CHECK(found({"Jean-Luc O'Neil"}, "JEAN\u2011LUC O’NEIL; jean luc o\u00a0neil") == "<NAME>; <NAME>");
    CHECK(found({"Blue Falcon"}, "blue, falcon; blue / falcon; blue" + std::string(600, ' ') + "falcon") == "blue, falcon; blue / falcon; blue" + std::string(600, ' ') + "falcon");
}

TEST_CASE("of phrases that begin alike, or one in the other, the longest is found") {
    const std::vector<std::string> phrases{"Anna", "Anna Maria", "Anna Maria Schmidt", "Maria Schmidt Weber", "Schmidt"};
    CHECK(found(phrases, "Anna Maria Schmidt!") == "<NAME>!");
    CHECK(found(phrases, "Anna Maria Weber") == "<NAME> Weber");
    CHECK(found(phrases, "Anna Otto Maria Schmidt Weber") == "<NAME> Otto <NAME>");
    CHECK(found(phrases, "Maria, Schmidt") == "Maria, <NAME>");
    CHECK(found({"a b c d", "b c"}, "a b c e") == "a <NAME> e");
}

TEST_CASE("a phrase of the greatest length is found whole, however its words are parted") {
    std::string phrase, text;
    for (int i = 0; i < 128; ++i) phrase.append(i > 0 ? " " : "").append(1, static_cast<char>('a' + i % 26)), text.append(i > 0 ? " - " : "").append(1, static_cast<char>('a' + i % 26));
    REQUIRE(phrase.size() == 255);
    CHECK(found({phrase}, "x " + text + " x") == "x <NAME> x");
    // A word that the bound of a match cuts in two is not the listed one.
    CHECK(found({"a b"}, "a" + std::string(510, ' ') + "bcd") == "a" + std::string(510, ' ') + "bcd");
}

TEST_CASE("a phrase that two recognisers list counts for both, and for each once") {
    CHECK(sighted_by(Scanner({listed({"Jade"}, "ONE"), listed({"JADE", "jade"}, "TWO")}), "jade") == "<ONE>");
    const auto [taken, sightings] = steps({"jade", "Jade", "JADE"}, "jade");
    CHECK(sightings == 1);
}

TEST_CASE("what holds no word, or is too long, is no phrase") {
    WordList list;
    for (std::string_view phrase : {"", "---", "。，", "😀"}) CHECK_FALSE(list.add(phrase, {}));
    CHECK_FALSE(list.add(std::string(longest_phrase + 1, 'a'), {}));
    CHECK(list.add(std::string(longest_phrase, 'a'), {}));
}

TEST_CASE("many phrases with the same first word cost a text no more steps than one") {
    std::vector<std::string> phrases;
    for (int i = 0; i < 20000; ++i) phrases.push_back("Anna " + std::to_string(i) + " Schmidt");
    const auto text = repeated("anna ", 5000);
    const auto [taken, sightings] = steps(phrases, text);
    CHECK(sightings == 0);
    CHECK(taken <= 3 * 5000);
    CHECK(steps({"Anna 0 Schmidt"}, text).first == taken);
}

TEST_CASE("a phrase that nearly repeats itself costs three steps for each word of a text and no more") {
    const auto deep = repeated("a ", 126) + "b";
    for (std::string_view piece : {"a ", "a a a a b ", "a b ", "a c "}) {
        const std::size_t words = 20000;
        const auto text = repeated(piece, 2 * words / piece.size());
        const auto [taken, sightings] = steps({deep, repeated("a ", 90) + "c", "a b b"}, text);
        INFO(piece);
        CHECK(taken <= 3 * words);
        CHECK(taken >= words);
    }
}

TEST_CASE("phrases one in the other cost what is found and no more") {
    std::vector<std::string> phrases;
    for (std::size_t i = 1; i <= 128; ++i) phrases.push_back(repeated("a ", i).substr(0, 2 * i - 1));
    const auto [taken, sightings] = steps(phrases, repeated("a ", 1000));
    CHECK(sightings == 128 * 1000 - 128 * 127 / 2);
    CHECK(taken <= 3 * 1000 + sightings);
}

TEST_CASE("listed words of every script are masked alike at every split of a text") {
    World world;
    auto active = World::recognisers(world.classes);
    active.push_back(listed({"Anna Maria Öztürk", "Weiß", "张三", "김철수", "สมชาย", "O'Neil"}));
    active.back().data = *world.classes.find("contact");
    const Scanner scanner(active);
    world.treatment.scanner = &scanner;
    const std::string text = "„ANNA\u00a0MARIA O\u0308ztürk“ und WEISS，我叫张三丰。 김철수는 คุณสมชายมา (O’Neil) Ｗｅｉß Tel.＋４９　３０　９０１８２０";
    const auto out = at_every_split(text.size(), [&](std::size_t step) {
        const auto transform = make_text(world.treatment, nullptr, 8192);
        return transformed(*transform, text, step);
    });
    for (std::string_view name : {"MARIA", "WEISS", "张三", "김철수", "สมชาย", "Neil", "Ｗｅｉ", "９０１８"}) {
        INFO(out);
        CHECK(out.find(name) == std::string::npos);
    }
    CHECK_THAT(out, Catch::StartsWith("„") && Catch::Contains("我叫") && Catch::Contains("丰。") && Catch::Contains("는 คุณ"));
}

TEST_CASE("a listed phrase across the end of a window is masked as inside it") {
    World world;
    auto active = World::recognisers(world.classes);
    active.push_back(listed({"Anna Maria Öztürk", "张三丰"}));
    active.back().data = *world.classes.find("contact");
    const Scanner scanner(active);
    world.treatment.scanner = &scanner;
    constexpr std::size_t hold_back = 4096;
    for (std::size_t before = hold_back - 1200; before < hold_back + 100; before += 7) {
        const auto front = repeated("wort ", before / 5) + std::string(before % 5, '.');
        const auto transform = make_text(world.treatment, nullptr, hold_back);
        const auto out = transformed(*transform, front + " ANNA  MARIA\u00a0ÖZTÜRK，张三丰！" + repeated(" ende", 900), 1000);
        INFO(before);
        CHECK_THAT(out, Catch::StartsWith(front) && !Catch::Contains("ANNA") && !Catch::Contains("MARIA") && !Catch::Contains("ÖZT") && !Catch::Contains("三") && Catch::EndsWith(" ende"));
    }
}
