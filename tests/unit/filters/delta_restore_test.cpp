#include "filters/body/delta_restore.hpp"

#include <array>
#include <catch2/catch.hpp>

using namespace bordergate;

namespace {

constexpr std::array<std::string_view, 1> kinds{"response.text"};

struct Session {
    Session() : key(std::array<std::uint8_t, 32>{7}), labels(key) { label = labels.issue("EMAIL_ADDRESS", "a\"b@x.de").value(); }
    std::vector<std::string> feed(const std::string& message) {
        std::vector<std::string> out;
        const Status fed = restore.feed(message, labels, restored, foreign, out);
        if (fed.has_error()) out.push_back("!" + std::string(info(fed.error().code).name));
        return out;
    }
    LabelKey key;
    Labels labels;
    std::string label;
    DeltaRestore restore{kinds, 16};
    std::uint64_t restored = 0, foreign = 0;
};

std::string delta(const std::string& text, const std::string& item = "i1") {
    return R"({"type":"response.text.delta","item_id":")" + item + R"(","content_index":0,"delta":")" + text + "\"}";
}
std::string done(const std::string& item = "i1") { return R"({"type":"response.text.done","item_id":")" + item + R"(","content_index":0,"text":"x"})"; }

}  // namespace

TEST_CASE("a label is restored however it is split into pieces") {
    for (std::size_t split = 0; split <= 30; ++split) {
        Session session;
        const auto text = "to " + session.label + ".";
        const auto at = std::min(split, text.size());
        std::string joined;
        for (const auto& one : {delta(text.substr(0, at)), delta(text.substr(at))})
            for (const auto& said : session.feed(one)) {
                const auto begin = said.find("\"delta\":\"") + 9;
                joined += said.substr(begin, said.size() - 2 - begin);
            }
        INFO(split);
        CHECK(joined == R"(to a\"b@x.de.)");
        CHECK(session.feed(done()) == std::vector<std::string>{done()});
        CHECK(session.restored == 1);
    }
}

TEST_CASE("what is still held when a text is done is said before that") {
    Session session;
    CHECK(session.feed(delta("hi " + session.label)) == std::vector<std::string>{delta(R"(hi a\"b@x.de)")});
    const auto half = session.label.substr(0, session.label.size() - 1);
    CHECK(session.feed(delta(", " + half)) == std::vector<std::string>{delta(", ")});
    CHECK(session.feed(done()) == std::vector<std::string>{delta(half), done()});
    CHECK(session.feed(done()) == std::vector<std::string>{done()});
}

TEST_CASE("texts of different items do not run into each other") {
    Session session;
    const auto half = session.label.substr(0, 9), rest = session.label.substr(9);
    CHECK(session.feed(delta(half, "i1")) == std::vector<std::string>{delta("", "i1")});
    CHECK(session.feed(delta(rest + " ", "i2")) == std::vector<std::string>{delta(rest + " ", "i2")});
    CHECK(session.feed(delta(rest + " ", "i1")) == std::vector<std::string>{delta(R"(a\"b@x.de )", "i1")});
}

TEST_CASE("what is no piece of a joined text stays as it is") {
    Session session;
    for (const std::string& one : {std::string("no json"), std::string("{\"type\":\"response.text.delta\""), R"({"type":"response.audio.delta","delta":")" + session.label + "\"}",
                                   R"({"type":"response.text.delta"})" + std::string(), R"([{"type":"response.text.delta","delta":"x"}])" + std::string()})
        CHECK(session.feed(one) == std::vector<std::string>{one});
    CHECK(is_text_delta(delta("x"), kinds, 16));
    CHECK_FALSE(is_text_delta(done(), kinds, 16));
    CHECK_FALSE(is_text_delta("x", kinds, 16));
    CHECK_FALSE(is_text_delta(delta("x"), {}, 16));
}

TEST_CASE("an upstream cannot open texts without end") {
    Session session;
    for (int i = 0; i < 1024; ++i) REQUIRE(session.feed(delta("x ", std::to_string(i))).size() == 1);
    CHECK(session.feed(delta("x ", "one more")).back() == "!upstream_invalid");
    CHECK(session.feed(delta("x ", "5")) == std::vector<std::string>{delta("x ", "5")});
}
