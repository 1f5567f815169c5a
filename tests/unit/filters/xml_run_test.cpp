#include "filters/body/xml_run.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

namespace {

/// `anna@<!--c--><![CDATA[x]]>&#46;org!`
XmlRun sample() {
    XmlRun run;
    run.literal("an");
    run.literal("na@");
    run.markup("<!--c-->");
    run.section("<![CDATA[");
    run.literal("x");
    run.section("]]>");
    run.reference("&#46;", ".");
    run.literal("org!");
    return run;
}

}  // namespace

TEST_CASE("a run is read as what it means and leaves as it was written") {
    auto run = sample();
    CHECK(run.text() == "anna@x.org!");
    CHECK(run.raw_text() == 15);
    CHECK(run.raw_markup() == 20);
    CHECK_FALSE(run.plain());
    std::string out;
    REQUIRE(run.give(run.text().size(), true, {}, nullptr, out).has_value());
    CHECK(out == "anna@<!--c--><![CDATA[x]]>&#46;org!");
    CHECK(run.empty());
}

TEST_CASE("what is replaced stands where it began, and markup in its midst stays") {
    auto run = sample();
    std::string out;
    REQUIRE(run.give(run.text().size(), true, {{0, 10, "<E>"}}, nullptr, out).has_value());
    CHECK(out == "&lt;E&gt;<!--c--><![CDATA[]]>!");
    run = sample();
    out.clear();
    REQUIRE(run.give(run.text().size(), true, {{5, 6, "<E>"}, {7, 8, ""}}, nullptr, out).has_value());
    CHECK(out == "anna@<!--c--><![CDATA[<E>]]>&#46;rg!");
    run = sample();
    CHECK(run.give(run.text().size(), true, {{5, 6, "\x01"}}, nullptr, out).error().code == Code::place_cannot_carry);
}

TEST_CASE("a run is given out in parts") {
    for (std::size_t cut = 1; cut < 11; ++cut) {
        auto run = sample();
        std::string out;
        REQUIRE(run.give(cut, false, {}, nullptr, out).has_value());
        CHECK(run.context() == cut);
        CHECK(run.text() == "anna@x.org!");
        run.literal("?");
        REQUIRE(run.give(run.text().size(), true, {}, nullptr, out).has_value());
        CHECK(out == "anna@<!--c--><![CDATA[x]]>&#46;org!?");
    }
}

TEST_CASE("content comes instead of a plain run") {
    XmlRun run;
    run.literal("abc");
    CHECK(run.plain());
    std::string out;
    run.give_instead("<b/>", out);
    CHECK(out == "<b/>");
    CHECK(run.empty());
}
