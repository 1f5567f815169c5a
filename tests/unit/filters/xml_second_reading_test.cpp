#include "filters/body/xml_second_reading.hpp"

#include <catch2/catch.hpp>

#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::World;

namespace {

const NamedPlace field("field");

}  // namespace

TEST_CASE("what is found behind references gives way as it stands") {
    World world;
    std::vector<Replacement> replacements;
    REQUIRE(treat_quoted("to &#97;&#64;b.de &amp; more", field, world.treatment, replacements).value() == 1);
    CHECK(with_replacements("to &#97;&#64;b.de &amp; more", replacements) == "to <EMAIL_ADDRESS> &amp; more");
}

TEST_CASE("what is quoted may be markup itself") {
    World world;
    std::vector<Replacement> replacements;
    const std::string_view text = "<p>&lt;\xc3\xa4&#228;&#x0000000000040;& &; &nbsp;a&#64;b&#46;de<br>&#65;";
    REQUIRE(treat_quoted(text, field, world.treatment, replacements).has_value());
    CHECK(with_replacements(text, replacements) == "<p>&lt;\xc3\xa4&#228;&#x0000000000040;& &; &nbsp;<EMAIL_ADDRESS><br>&#65;");
}

TEST_CASE("a window ends between references, and its end is looked back at with them resolved") {
    World world;
    std::string text;
    while (text.size() < 6000) text += "word &#x0041; ";
    for (const auto* open : {"&", "&#", "&#6", "&amp"}) {
        std::vector<Replacement> replacements;
        std::size_t cut = 0;
        REQUIRE(treat_quoted_window(text + open, 0, false, field, world.treatment, replacements, cut).has_value());
        CHECK(replacements.empty());
        CHECK(cut < text.size());
        const auto before = text.rfind('&', cut - 1);
        CHECK(text.find(';', before) < cut);
    }
    std::string spelt;
    while (spelt.size() < 20000) spelt += "&#x0000000002e;";
    CHECK(quoted_context(spelt, spelt.size()).size() == Scanner::reach * 15);
    CHECK(quoted_context(std::string(2000, 'x'), 1000).size() == Scanner::reach);
    CHECK(quoted_context("short", 3) == "sho");
}

TEST_CASE("a window of hardly more than references is opaque") {
    World world;
    std::string spelt;
    while (spelt.size() < 4096) spelt += "&#x0000000002e;";
    std::vector<Replacement> replacements;
    std::size_t cut = 0;
    CHECK(treat_quoted_window(spelt, 0, false, field, world.treatment, replacements, cut).error().code == Code::opaque_refused);
    CHECK(treat_quoted_window(spelt, 0, true, field, world.treatment, replacements, cut).has_value());
    world.cell("opaque").form = Form::clear;
    world.judgement.sort(world.classes.all());
    CHECK(treat_quoted_window(spelt, 0, false, field, world.treatment, replacements, cut).has_value());
    CHECK(cut > 0);
}

TEST_CASE("the classes of what is found, as it stands or behind references") {
    World world;
    const ClassSet contact{*world.classes.find("contact")};
    CHECK(quoted_classes("a@b.de", {}, world.treatment).value() == contact);
    CHECK(quoted_classes("a&#64;b.de", {}, world.treatment).value() == contact);
    CHECK(quoted_classes("a&commat;b.de", {}, world.treatment).value() == ClassSet{});
}
