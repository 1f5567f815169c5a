#include "filters/body/xml_path.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;
using Catch::Contains;

namespace {

/// The places in a small document that a path selects: `<a>` opens, `.` closes, `@x` asks for an attribute, `t` for text, `e`
/// for the element.
std::string selected(std::string_view path, const std::vector<std::string>& walk) {
    auto compiled = XmlPath::compile(path);
    REQUIRE(compiled.has_value());
    const std::vector<XmlSelector> selectors{{std::move(*compiled), ClassSet{ClassTree::opaque}}};
    XmlMarks marks(&selectors);
    std::string found;
    for (const auto& step : walk) {
        if (step == ".") marks.close();
        else if (step.front() == '<') marks.open(step.substr(1));
        else found += (step == "e" ? marks.element() : step == "t" ? marks.text() : marks.attribute(step.substr(1))).empty() ? '-' : '+';
    }
    return found;
}

std::string wrong(std::string_view path) {
    const auto compiled = XmlPath::compile(path);
    return compiled.has_error() ? compiled.error().detail : "fine";
}

}  // namespace

TEST_CASE("a path selects elements by their names and order") {
    CHECK(selected("/a/b", {"<a", "e", "<b", "e", "<b", "e"}) == "-+-");
    CHECK(selected("//b", {"<b", "e", "<c", "e", "<b", "e"}) == "+-+");
    CHECK(selected("/a//b", {"<a", "<b", "e", "<x", "e", "<b", "e"}) == "+-+");
    CHECK(selected("/a//b", {"<b", "<b", "e"}) == "-");
    CHECK(selected("/*/b", {"<x", "e", "<b", "e"}) == "-+");
    CHECK(selected("/a/b[2]", {"<a", "<b", "e", ".", "<c", "e", ".", "<b", "e", ".", "<b", "e"}) == "--+-");
    CHECK(selected("/a/*[2]", {"<a", "<b", "e", ".", "<c", "e", ".", "<b", "e"}) == "-+-");
    CHECK(selected("//b[2]/c", {"<a", "<b", ".", "<x", "<b", "<c", "e", ".", ".", ".", "<b", "<c", "e"}) == "-+");
    CHECK(selected("//b[1]//b[2]", {"<b", "<b", "e", ".", "<b", "e", "<b", ".", "<b", "e"}) == "-++");
}

TEST_CASE("a path ends at an attribute or a text") {
    CHECK(selected("/a/@id", {"<a", "@id", "@x", "e", "t", "<b", "@id"}) == "+----");
    CHECK(selected("//@id", {"<a", "@id", "<b", "@id", "@x"}) == "++-");
    CHECK(selected("/a//@*", {"<a", "@id", "<b", "@x", ".", ".", "<c", "@id"}) == "++-");
    CHECK(selected("//b/@id", {"<b", "@id", "<c", "@id", "<b", "@id"}) == "+-+");
    CHECK(selected("/a/text()", {"<a", "t", "e", "<b", "t"}) == "+--");
    CHECK(selected("/a//text()", {"<a", "t", "<b", "t"}) == "++");
    CHECK(selected("//b/text()", {"<b", "t", "<c", "t", "<b", "t"}) == "+-+");
}

TEST_CASE("several paths keep apart what they count") {
    std::vector<XmlSelector> selectors;
    selectors.push_back({XmlPath::compile("/a/b[2]").value(), ClassSet{ClassTree::opaque}});
    selectors.push_back({XmlPath::compile("/a/b[1]").value(), ClassSet{ClassTree::plain}});
    XmlMarks marks(&selectors);
    marks.open("a");
    marks.open("b");
    CHECK(marks.element() == ClassSet{ClassTree::plain});
    marks.close();
    marks.open("b");
    CHECK(marks.element() == ClassSet{ClassTree::opaque});
    XmlMarks none(nullptr);
    none.open("a");
    CHECK(none.element().empty());
    none.close();
}

TEST_CASE("a path that cannot stream, or is none, says why") {
    CHECK(wrong("/a/\xc3\xa4-b.c_1/@d") == "fine");
    CHECK_THAT(wrong("/a[@x='1']"), Contains("character 4") && Contains("other conditions cannot be decided"));
    CHECK_THAT(wrong("/a[last()]"), Contains("other conditions"));
    CHECK_THAT(wrong("/a[-1]"), Contains("other conditions"));
    CHECK_THAT(wrong("/a[0]"), Contains("count from 1"));
    CHECK_THAT(wrong("/a[99999999999]"), Contains("too large"));
    CHECK_THAT(wrong("/a[1][2]"), Contains("one position"));
    CHECK_THAT(wrong("/a[1"), Contains("expected ]"));
    CHECK_THAT(wrong("/a/.."), Contains("parents"));
    CHECK_THAT(wrong("//p:a"), Contains("prefixes"));
    CHECK_THAT(wrong("//*:a"), Contains("prefixes"));
    CHECK_THAT(wrong("/ancestor::a"), Contains("axes"));
    CHECK_THAT(wrong("/a/count()"), Contains("functions"));
    CHECK_THAT(wrong("/a/text()[1]"), Contains("position"));
    CHECK_THAT(wrong("/a/text()/b"), Contains("last step"));
    CHECK_THAT(wrong("/a/@b/c"), Contains("last step"));
    CHECK_THAT(wrong("/a/@b[1]"), Contains("no position"));
    CHECK_THAT(wrong("/@b"), Contains("stands in an element"));
    CHECK_THAT(wrong("/text()"), Contains("stands in an element"));
    CHECK_THAT(wrong("a/b"), Contains("starts with /"));
    CHECK_THAT(wrong("/"), Contains("name or *"));
    CHECK_THAT(wrong("///a"), Contains("name or *"));
    CHECK_THAT(wrong("/a/1b"), Contains("name or *"));
    CHECK_THAT(wrong("/a b"), Contains("expected /"));
    CHECK_THAT(wrong("/a\xff"), Contains("UTF-8"));
    std::string long_one;
    for (int i = 0; i < 63; ++i) long_one += "/a";
    CHECK_THAT(wrong(long_one), Contains("at most 62 steps"));
    CHECK(wrong(long_one.substr(2)) == "fine");
}
