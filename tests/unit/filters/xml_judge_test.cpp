#include "filters/body/xml_judge.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;
using Catch::Contains;

namespace {

constexpr std::size_t enough = 4 << 20;

std::string judged(std::string_view text, std::size_t most = enough) {
    XmlJudge judge(most);
    Status done = judge.read(text);
    if (done.has_value()) done = judge.end();
    return done.has_error() ? done.error().detail : "fine";
}

}  // namespace

TEST_CASE("what is not well-formed is refused with its place and reason") {
    CHECK(judged("<a b='1'>x</a>") == "fine");
    CHECK_THAT(judged("<a>x</b>"), Contains("byte 7") && Contains("mismatched tag"));
    CHECK_THAT(judged("<a b='1' b='2'/>"), Contains("duplicate attribute"));
    CHECK_THAT(judged("<a>\x01</a>"), Contains("invalid token"));
    CHECK_THAT(judged("<a>\xff</a>"), Contains("invalid token"));
    CHECK_THAT(judged("<a/><b/>"), Contains("junk after document element"));
    CHECK_THAT(judged("<a>&x;</a>"), Contains("undefined entity"));
    CHECK_THAT(judged(""), Contains("no element found"));
}

TEST_CASE("a document type declaration is refused before anything in it counts") {
    CHECK_THAT(judged("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"), Contains("document type declaration"));
    CHECK_THAT(judged("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"), Contains("document type declaration"));
}

TEST_CASE("what the reader says and what the judge reads must be one") {
    XmlJudge judge(enough);
    REQUIRE(judge.read("<a b='1&amp;2'>x").has_value());
    using Said = XmlJudge::Said;
    judge.say(Said::element, "a");
    judge.say(Said::attribute, "b");
    judge.say(Said::value, "1&2");
    judge.say(Said::opened, {});
    CHECK(judge.agree(false).has_value());
    judge.say("x");
    CHECK(judge.agree(true).has_value());
    judge.say("y");
    CHECK(judge.agree(false).has_value());  // more may come
    CHECK(judge.agree(true).error().code == Code::body_invalid);
    REQUIRE(judge.read("z").has_value());
    CHECK(judge.agree(false).error().code == Code::body_invalid);
}

TEST_CASE("a document whose names need more memory than allowed is refused") {
    std::string names = "<a>";
    for (int i = 0; i < 20000; ++i) names += "<name-that-is-rather-long-" + std::to_string(i) + "/>";
    names += "</a>";
    CHECK(judged(names, 64 << 20) == "fine");
    XmlJudge judge(1 << 20);
    CHECK(judge.read(names).error().code == Code::body_too_large);
    XmlJudge none(16);
    CHECK(none.read("<a/>").error().code == Code::body_too_large);
}
