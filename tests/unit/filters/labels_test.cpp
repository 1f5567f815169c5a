#include "filters/mask/labels.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

namespace {

const LabelKey& key(std::uint8_t seed) {
    static const LabelKey one(std::array<std::uint8_t, 32>{1}), two(std::array<std::uint8_t, 32>{2});
    return seed == 1 ? one : two;
}

std::string restore(const Labels& labels, std::string_view text, std::size_t size, std::uint64_t* restored = nullptr, std::uint64_t* foreign = nullptr) {
    std::uint64_t ignored_restored = 0, ignored_foreign = 0;
    Restore made(labels, restored ? *restored : ignored_restored, foreign ? *foreign : ignored_foreign);
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += size) {
        made.feed(text.substr(i, size), out);
        CHECK(made.held() <= labels.longest() + 4);
    }
    made.finish(out);
    return out;
}

}  // namespace

TEST_CASE("labels are stable for a value under a key, and tell values, entities and keys apart") {
    Labels a(key(1)), b(key(1)), c(key(2));
    const auto label = *a.issue("EMAIL_ADDRESS", "x@y.de");
    CHECK(label == *b.issue("EMAIL_ADDRESS", "x@y.de"));
    CHECK(label == *a.issue("EMAIL_ADDRESS", "x@y.de"));
    CHECK(label != *a.issue("EMAIL_ADDRESS", "z@y.de"));
    CHECK(label.substr(14) != (*a.issue("PERSON", "x@y.de")).substr(7));
    CHECK(label != *c.issue("EMAIL_ADDRESS", "x@y.de"));
    CHECK(label.size() == 13 + 1 + 14);
    CHECK(label.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos);
    CHECK(Labels::looks_like_label(label));
}

TEST_CASE("the beginning of a label is known by those who issued it, in either case, and all of one is none") {
    Labels labels(key(1));
    CHECK_FALSE(labels.begins("E"));
    const auto mail = *labels.issue("EMAIL_ADDRESS", "x@y.de");
    (void)*labels.issue("PERSON", "Ann");
    for (std::size_t size = 1; size < mail.size(); ++size) CHECK(labels.begins(mail.substr(0, size)));
    CHECK(labels.begins("email_a"));
    CHECK(labels.begins("P"));
    for (const auto& text : {std::string(), mail, mail + "_", std::string("X"), std::string("EMAIL__"), std::string("PERSONS")}) CHECK_FALSE(labels.begins(text));
}

TEST_CASE("labels are restored however the text is split and whatever wraps them") {
    Labels labels(key(1));
    const auto mail = *labels.issue("EMAIL_ADDRESS", "x@y.de");
    const auto person = *labels.issue("PERSON", "Ann");
    std::string lower = mail;
    for (auto& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    const std::string text = "To **" + mail + "** or '" + lower + "', _" + person + "_ (" + person + "). " + person;
    const std::string expected = "To **x@y.de** or 'x@y.de', _Ann_ (Ann). Ann";
    for (std::size_t size = 1; size <= text.size(); ++size) {
        INFO(size);
        CHECK(restore(labels, text, size) == expected);
    }
}

TEST_CASE("what was not issued here is left as it is, and counted") {
    Labels ours(key(1)), theirs(key(2));
    (void)ours.issue("EMAIL_ADDRESS", "x@y.de");
    const auto foreign_label = *theirs.issue("EMAIL_ADDRESS", "x@y.de");
    std::uint64_t restored = 0, foreign = 0;
    const std::string text = foreign_label + " EMAIL_ADDRESS_1 " + foreign_label + "X";
    CHECK(restore(ours, text, 5, &restored, &foreign) == text);
    CHECK(restored == 0);
    CHECK(foreign == 1);
}

TEST_CASE("an altered label is not restored, one that goes on is") {
    Labels labels(key(1));
    auto label = *labels.issue("PERSON", "Ann");
    CHECK(restore(labels, label + "0", 3) == "Ann0");
    label.back() = label.back() == 'A' ? 'B' : 'A';
    CHECK(restore(labels, label, 3) == label);
}

TEST_CASE("nothing is restored inside a URL") {
    Labels labels(key(1));
    const auto label = *labels.issue("PERSON", "Ann");
    for (std::size_t size : {1, 2, 5, 100}) {
        CHECK(restore(labels, "https://evil.example/?q=" + label + " and " + label, size) == "https://evil.example/?q=" + label + " and Ann");
        CHECK(restore(labels, "[a](http://x/" + label + ") " + label, size) == "[a](http://x/" + label + ") Ann");
    }
}

TEST_CASE("beyond their bound the labels unused for longest are forgotten, and stay labels") {
    const std::size_t each = Labels::entry_bytes + 2 * (7 + 14) + 3;
    Labels labels(key(1), 3 * each);
    const auto ann = *labels.issue("PERSON", "Ann"), bob = *labels.issue("PERSON", "Bob"), cem = *labels.issue("PERSON", "Cem");
    CHECK(labels.forgotten() == 0);
    CHECK(*labels.issue("PERSON", "Ann") == ann);  // used again, and so is Bob by his restore
    CHECK(restore(labels, bob, 4) == "Bob");
    const auto dan = *labels.issue("PERSON", "Dan");
    CHECK(labels.forgotten() == 1);
    std::uint64_t restored = 0, foreign = 0;
    CHECK(restore(labels, ann + " " + bob + " " + cem + " " + dan, 5, &restored, &foreign) == "Ann Bob " + cem + " Dan");
    CHECK(restored == 3);
    CHECK(foreign == 1);
    CHECK(*labels.issue("PERSON", "Cem") == cem);
    CHECK(labels.forgotten() == 2);
    CHECK(restore(labels, cem + " " + ann, 1) == "Cem " + ann);
}

TEST_CASE("a value longer than the bound has a label, and nothing else is forgotten for it") {
    Labels labels(key(1), 1024);
    const auto ann = *labels.issue("PERSON", "Ann");
    const auto other = *labels.issue("PERSON", std::string(1024, 'x'));
    CHECK(Labels::looks_like_label(other));
    CHECK(labels.forgotten() == 1);
    CHECK(labels.find(other) == nullptr);
    REQUIRE(labels.find(ann));
    CHECK(*labels.find(ann) == "Ann");
}

TEST_CASE("tokens are restored beside labels, at every split, and those that stay closed are left as they are", "[labels]") {
    struct Opener final : TokenOpener {
        std::optional<std::string> open_token(std::string_view token) override {
            ++asked;
            if (token.ends_with("OPENS") || token.ends_with("opens")) return "J45";
            return std::nullopt;
        }
        int asked = 0;
    };
    const LabelKey key(std::array<std::uint8_t, 32>{3});
    const std::string text = "a BGT1_DE_OPENS, **bgt1_de_opens** BGT1_DE_SHUT http://x/BGT1_DE_OPENS BGT1_ end BGT1_DE_OPENS";
    const std::string expected = "a J45, **J45** BGT1_DE_SHUT http://x/BGT1_DE_OPENS BGT1_ end J45";
    for (std::size_t split = 0; split <= text.size(); ++split) {
        Labels labels(key);
        Opener opener;
        CHECK(labels.empty());
        labels.open_with(&opener);
        CHECK_FALSE(labels.empty());
        std::uint64_t restored = 0, foreign = 0;
        Restore restore(labels, restored, foreign);
        std::string out;
        restore.feed(std::string_view(text).substr(0, split), out);
        restore.feed(std::string_view(text).substr(split), out);
        restore.finish(out);
        CHECK(out == expected);
        CHECK(restored == 3);
        CHECK(opener.asked == 2);  // once for each that opens and is remembered, and for the one that does not
    }
}
