// Restoring, at every split of its input: labels as models mangle them, and what only looks like one.
#include <catch2/catch.hpp>

#include "filters/mask/labels.hpp"

using namespace bordergate;

namespace {

struct Issued {
    Issued()
        : key(std::array<std::uint8_t, 32>{1}),
          labels(key),
          mail(*labels.issue("EMAIL_ADDRESS", "x@y.de")),
          person(*labels.issue("PERSON", "Ann")) {}

    /// What becomes of `text` fed as it is, byte by byte and at every cut in two: they must agree.
    std::string restored(std::string_view text) {
        const auto whole = run({text});
        const auto counted = count;
        const auto foreigners = foreign;
        std::vector<std::string_view> single;
        for (std::size_t i = 0; i < text.size(); ++i) single.push_back(text.substr(i, 1));
        CHECK(run(single) == whole);
        for (std::size_t cut = 0; cut <= text.size(); ++cut) {
            INFO("cut at " << cut);
            CHECK(run({text.substr(0, cut), text.substr(cut)}) == whole);
            CHECK((count == counted && foreign == foreigners));
        }
        return whole;
    }

    std::string run(const std::vector<std::string_view>& pieces) {
        count = foreign = 0;
        Restore restore(labels, count, foreign);
        std::string out;
        for (auto piece : pieces) restore.feed(piece, out);
        restore.finish(out);
        CHECK(restore.held() == 0);
        return out;
    }

    LabelKey key;
    Labels labels;
    std::string mail, person;
    std::uint64_t count = 0, foreign = 0;
};

std::string lower(std::string text) {
    for (auto& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return text;
}

}  // namespace

TEST_CASE("a label is restored in each of the wrappings that models give it", "[restore]") {
    Issued issued;
    const auto& p = issued.person;
    for (const auto& [before, after] : std::vector<std::pair<std::string, std::string>>{{"", ""},
                                                                                        {"`", "`"},
                                                                                        {"**", "**"},
                                                                                        {"_", "_"},
                                                                                        {"__", "__"},
                                                                                        {"<", ">"},
                                                                                        {"[", "]"},
                                                                                        {"{{", "}}"},
                                                                                        {"\"", "\","},
                                                                                        {"Dear ", "'s"},
                                                                                        {"(", ")."},
                                                                                        {"mailto:", "\n"},
                                                                                        {"a-", "-b"},
                                                                                        {"\xc3\xa4", "\xe2\x80\x9d"},
                                                                                        {"#", ":"}}) {
        INFO(before << after);
        CHECK(issued.restored(before + p + after) == before + "Ann" + after);
        CHECK(issued.restored(before + lower(p) + after) == before + "Ann" + after);
        CHECK(issued.count == 1);
    }
}

TEST_CASE("labels side by side are each restored", "[restore]") {
    Issued issued;
    CHECK(issued.restored(issued.mail + "," + issued.person + " " + issued.mail) == "x@y.de,Ann x@y.de");
    CHECK(issued.count == 3);
    CHECK(issued.restored(issued.mail + issued.person) == "x@y.deAnn");
    CHECK(issued.count == 2);
}

TEST_CASE("a label is restored beside letters too: values stand behind escapes, and in names joined by underscores", "[restore]") {
    Issued issued;
    const auto& p = issued.person;
    for (const std::string before : {"", "0", "X_", "%20", "\\n", "\\u0020", "report_for_", "_A_"})
        for (const std::string after : {"", "0", "s", "_x", "_final.pdf", "%20", "\\n"}) {
            INFO(before << after);
            CHECK(issued.restored(before + p + after) == before + "Ann" + after);
            CHECK(issued.restored(before + lower(p) + after + " " + issued.mail) == before + "Ann" + after + " x@y.de");
        }
    // The longest that ends there.
    const auto longer = *issued.labels.issue("X_PERSON", "Kim");
    CHECK(issued.restored(longer + "A" + longer + p) == "KimAKimAnn");
}

TEST_CASE("what is cut short or altered stays as it is", "[restore]") {
    Issued issued;
    const auto& p = issued.person;
    for (const auto& text : {p.substr(1), p.substr(0, p.size() - 1),
                             std::string("PERSON_"), std::string("PERSON")})
        CHECK(issued.restored(text) == text);
    for (std::size_t i = 7; i < p.size(); ++i) {
        auto altered = p;
        altered[i] = altered[i] == 'A' ? 'B' : 'A';
        CHECK(issued.restored(altered) == altered);
    }
    CHECK(issued.count == 0);
}

TEST_CASE("a label of another exchange is not restored, and is counted", "[restore]") {
    Issued issued;
    const LabelKey other(std::array<std::uint8_t, 32>{2});
    const auto theirs = *Labels(other).issue("PERSON", "Ann");
    CHECK(issued.restored("To " + theirs + ".") == "To " + theirs + ".");
    CHECK(issued.count == 0);
    CHECK(issued.foreign == 1);
    CHECK(issued.restored(theirs + " " + issued.person) == theirs + " Ann");
}

TEST_CASE("where no label was issued nothing is restored", "[restore]") {
    Issued issued;
    const Labels none(issued.key);
    std::uint64_t restored = 0, foreign = 0;
    Restore restore(none, restored, foreign);
    std::string out;
    restore.feed("Dear " + issued.person + ".", out);
    restore.finish(out);
    CHECK(out == "Dear " + issued.person + ".");
    CHECK(restored == 0);
}

TEST_CASE("a value that holds a label is not restored again", "[restore]") {
    Issued issued;
    const auto nested = *issued.labels.issue("TEXT", "see " + issued.person);
    CHECK(issued.restored(nested) == "see " + issued.person);
    CHECK(issued.count == 1);
}

TEST_CASE("of a long run of label characters no more is held back than a label is long", "[restore]") {
    Issued issued;
    const std::string run(1000, 'A');
    std::uint64_t restored = 0, foreign = 0;
    Restore restore(issued.labels, restored, foreign);
    std::string out;
    for (char c : run) {
        restore.feed(std::string_view(&c, 1), out);
        CHECK(restore.held() <= issued.labels.longest() + 4);
    }
    restore.finish(out);
    CHECK(out == run);
    CHECK(issued.restored(run + issued.person + run) == run + "Ann" + run);
}

TEST_CASE("a URL keeps its labels until it ends", "[restore]") {
    Issued issued;
    const auto& p = issued.person;
    for (std::string end : {" ", "\n", "\t", "\",", "<", ">"}) {
        INFO(end);
        CHECK(issued.restored("https://e.example/" + p + "?" + p + end + p) ==
              "https://e.example/" + p + "?" + p + end + "Ann");
    }
    CHECK(issued.restored("x://" + p) == "x://" + p);
    CHECK(issued.foreign == 0);
    // Fewer slashes, or something between them, are no URL.
    for (std::string start : {":/", "//", ": //", ":/ /", ":a//"}) CHECK(issued.restored(start + p) == start + "Ann");
}

TEST_CASE("a label whose underscores markdown has escaped is restored", "[restore]") {
    Issued issued;
    const auto escaped = [](std::string text) {
        for (std::size_t at = 0; (at = text.find('_', at)) != std::string::npos; at += 2) text.insert(at, "\\");
        return text;
    };
    for (const auto& [before, after] : std::vector<std::pair<std::string, std::string>>{
             {"", ""}, {"**", "**"}, {"\\_", "\\_"}, {"_", "_"}, {"\\*", "\\*"}, {"\\\\", "\\"}, {"a\\", "\\n"}, {"\\\\_", "."}}) {
        INFO(before << after);
        CHECK(issued.restored(before + escaped(issued.mail) + after) == before + "x@y.de" + after);
        CHECK(issued.restored(before + lower(escaped(issued.person)) + after) == before + "Ann" + after);
        CHECK(issued.count == 1);
    }
    auto one = issued.mail;
    one.insert(one.rfind('_'), "\\");
    CHECK(issued.restored("to " + one + "!") == "to x@y.de!");
    auto twice = issued.person;
    twice.insert(twice.find('_'), "\\\\");
    CHECK(issued.restored(twice) == twice);
    for (std::string text : {"\\", "\\\\", "a\\b", "\\_", "x\\_y\\", "C:\\_tmp\\_x"}) CHECK(issued.restored(text) == text);
    CHECK(issued.restored("https://e.example/" + escaped(issued.person)) == "https://e.example/" + escaped(issued.person));
    const LabelKey other(std::array<std::uint8_t, 32>{2});
    issued.restored(escaped(*Labels(other).issue("PERSON", "Ann")));
    CHECK(issued.foreign == 1);
}
