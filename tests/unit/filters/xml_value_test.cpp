#include "filters/body/xml_value.hpp"

#include <catch2/catch.hpp>

#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::World;

namespace {

/// Opens `eyJ-text` to what it is given, and `eyJ-content` to the same as content.
class OneKey final : public Unsealer {
  public:
    explicit OneKey(std::string plain) : plain_(std::move(plain)) {}
    Result<bool> open(std::string_view token, std::string& out, std::string& content_type) override {
        if (token != "eyJ-text" && token != "eyJ-content") return false;
        out = plain_;
        if (token == "eyJ-content") content_type = sealed_xml;
        return true;
    }

  private:
    std::string plain_;
};

struct Fixture {
    World world;
    XmlRewriteSpec spec;
    Fixture() { spec.treatment = &world.treatment; }
    std::string treat(std::string_view text, ClassSet declared = {}, bool content = true) {
        XmlRun run;
        run.literal(text);
        std::string out;
        const Status done = treat_xml_value(run, content, declared, NamedPlace("field"), spec, out);
        return done.has_error() ? "!" + std::string(info(done.error().code).name) : out;
    }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a value is treated match by match, as a document of JSON or XML, or as one") {
    CHECK(treat("mail a@b.de now") == "mail &lt;EMAIL_ADDRESS&gt; now");
    CHECK(treat(" \n") == " \n");
    CHECK(treat(" \n", ClassSet{*world.classes.find("contact")}) == " \n");
    CHECK(treat(R"({"t\u006f":"a\u0040b.de"})") == R"({"t\u006f":"&lt;EMAIL_ADDRESS&gt;"})");
    CHECK(treat(R"({"a":"a@b.de","a":1})") == "!body_invalid");
    // Written as a CDATA section would have it.
    CHECK(treat("\n<?xml version='1.0'?><to x='&#49;'>a&#64;b.de</to>\n") == "\n<?xml version='1.0'?><to x='&#49;'>&amp;lt;EMAIL_ADDRESS&amp;gt;</to>\n");
    CHECK(treat("<p>a@b.de<br></p>") == "<p>&lt;EMAIL_ADDRESS&gt;<br></p>");
    CHECK(treat("Anna", ClassSet{*world.classes.find("health")}) == "{health}");
    CHECK(treat("<a>Anna</a>", ClassSet{*world.classes.find("health")}) == "{health}");
    CHECK(treat("DE89370400440532013000") == "!no_permit");
    CHECK(world.findings.pointers.front() == "field");
}

TEST_CASE_METHOD(Fixture, "a document is treated four levels deep, and is opaque beyond") {
    std::string nested = "<a>a@b.de</a>";
    const auto wrapped = [](const std::string& text) { return "<x><![CDATA[" + text + "]]></x>"; };
    CHECK(treat(wrapped(nested)) == "<x><![CDATA[<a>&amp;lt;EMAIL_ADDRESS&amp;gt;</a>]]></x>");
    spec.nesting = 4;
    CHECK(treat(nested) == "!opaque_refused");
    world.cell("opaque").form = Form::clear;
    world.judgement.sort(world.classes.all());
    CHECK(treat(nested) == nested);
}

TEST_CASE_METHOD(Fixture, "a sealed value is opened where that is lawful, as what it was") {
    OneKey text("a<b"), content("<b>1</b>&amp;"), broken("<b>"), binary("\xff"), control("\x01");
    world.treatment.unsealer = &text;
    CHECK(treat(" eyJ-text\n") == " a&lt;b\n");
    CHECK(treat("eyJ-other") == "eyJ-other");
    CHECK(world.findings.unsealed == 1);
    world.treatment.unsealer = &content;
    CHECK(treat("eyJ-content") == "<b>1</b>&amp;");
    CHECK(treat("eyJ-content", {}, false) == "&lt;b&gt;1&lt;/b&gt;&amp;amp;");
    world.treatment.unsealer = &broken;
    CHECK(treat("eyJ-content") == "&lt;b&gt;");
    world.treatment.unsealer = &binary;
    CHECK(treat("eyJ-text") == "!key_unavailable");
    world.treatment.unsealer = &control;
    CHECK(treat("eyJ-text") == "!place_cannot_carry");
}

TEST_CASE_METHOD(Fixture, "labels issued here are restored") {
    const std::array<std::uint8_t, 32> bytes{};
    const LabelKey key{std::span<const std::uint8_t, 32>(bytes)};
    Labels labels(key);
    spec.labels = &labels;
    const auto label = labels.issue("PERSON", "Anna <\xc3\xa4>").value();
    CHECK(treat("hello " + label + "!") == "hello Anna &lt;\xc3\xa4&gt;!");
    CHECK(treat(R"({"a":")" + label + R"("})") == "{\"a\":\"Anna &lt;\xc3\xa4&gt;\"}");
    CHECK(treat("<a>" + label + "</a>") == "<a>Anna &amp;lt;\xc3\xa4&amp;gt;</a>");
    CHECK(treat("under_score") == "under_score");
    CHECK(world.findings.restored == 3);
    const auto control = labels.issue("PERSON", "\x01").value();
    CHECK(treat(control) == "!place_cannot_carry");
}
