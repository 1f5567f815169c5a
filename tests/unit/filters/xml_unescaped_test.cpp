#include "filters/body/xml_unescaped.hpp"

#include <catch2/catch.hpp>

#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::World;

namespace {

/// Masks to what it is told.
class Says final : public Treater {
  public:
    explicit Says(std::string what) : what_(std::move(what)) {}
    Status mask(const Masking&, std::string_view, std::string& out) override { return out.append(what_), Status{}; }
    Status seal(const Cell&, const Sealing&, std::string_view, std::string& out) override { return out.append("sealed"), Status{}; }

  private:
    std::string what_;
};

struct Scanned {
    explicit Scanned(std::string mask = "MASK") : says(std::move(mask)) {
        world.cell("account").form = Form::mask;
        world.judgement.sort(world.classes.all());
        world.treatment.treater = &says;
        unescaped.emplace(world.treatment);
    }
    std::string name(std::string_view text) {
        std::string out;
        const auto changed = unescaped->treat_name(text, NamedPlace("x"), out);
        return changed.has_error() ? "!" + std::string(info(changed.error().code).name) : *changed ? out : std::string(text);
    }
    template <class Treat>
    std::string given(Treat treat, std::string_view text) {
        std::string out;
        const Status done = (*unescaped.*treat)(text, NamedPlace("x"), out);
        return done.has_error() ? "!" + std::string(info(done.error().code).name) : out;
    }
    std::string comment(std::string_view text) { return given(&XmlUnescaped::treat_comment, text); }
    std::string instruction(std::string_view text) { return given(&XmlUnescaped::treat_instruction, text); }
    World world;
    Says says;
    std::optional<XmlUnescaped> unescaped;
};

}  // namespace

TEST_CASE("a name is masked if it stays a name of the same prefix") {
    CHECK(Scanned().name("a:b") == "a:b");
    CHECK(Scanned().name("DE89370400440532013000") == "MASK");
    CHECK(Scanned().name("a:DE89370400440532013000") == "a:MASK");
    CHECK(Scanned().name("DE89370400440532013000:a") == "!place_cannot_carry");
    CHECK(Scanned().name("xmlns:DE89370400440532013000") == "!place_cannot_carry");
    CHECK(Scanned("<x>").name("DE89370400440532013000") == "!place_cannot_carry");
    CHECK(Scanned("a:b").name("DE89370400440532013000") == "!place_cannot_carry");
    CHECK(Scanned("1").name("DE89370400440532013000") == "!place_cannot_carry");
    CHECK(Scanned("").name("DE89370400440532013000") == "!place_cannot_carry");
    Scanned twice;
    CHECK(twice.name("harmless") == "harmless");
    CHECK(twice.name("harmless") == "harmless");
    CHECK(twice.name("DE89370400440532013000") == "MASK");
    CHECK(twice.world.findings.values == 1);
}

TEST_CASE("a comment is masked if that cannot end it") {
    CHECK(Scanned().comment(" to a@b.de ") == " to MASK ");
    CHECK(Scanned("a--b").comment("a@b.de") == "!place_cannot_carry");
    CHECK(Scanned("b-").comment("a@b.de") == "!place_cannot_carry");
    CHECK(Scanned("-b").comment("- a@b.de") == "- -b");
    CHECK(Scanned("\x02").comment("a@b.de") == "!place_cannot_carry");
    CHECK(Scanned().comment("nothing") == "nothing");
    CHECK(Scanned().comment("<to x=\"&#65;\">a&#64;b.de &amp</to>") == "<to x=\"&#65;\">MASK &amp</to>");
}

TEST_CASE("an instruction is masked behind its target") {
    CHECK(Scanned().instruction("mail to=\"a@b.de\"") == "mail to=\"MASK\"");
    CHECK(Scanned("?>").instruction("mail a@b.de") == "!place_cannot_carry");
    CHECK(Scanned("b?").instruction("mail a@b.de") == "!place_cannot_carry");
    CHECK(Scanned().instruction("DE89370400440532013000 x") == "!place_cannot_carry");
}

TEST_CASE("no such place carries a seal, and the name of a namespace nothing") {
    Scanned places;
    places.world.cell("contact").form = Form::seal;
    places.world.judgement.sort(places.world.classes.all());
    CHECK(places.comment("a@b.de") == "!place_cannot_carry");
    CHECK(places.unescaped->check_namespace("mailto:a@b.de", NamedPlace("x")).error().code == Code::place_cannot_carry);
    for (const auto* known : {"http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope", "http://www.w3.org/2001/XMLSchema-instance", "urn:hl7-org:v3", "http://www.w3.org/2005/08/addressing",
                              "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd", "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09", "urn:oasis:names:tc:SAML:2.0:assertion"}) {
        INFO(known);
        CHECK(Scanned().unescaped->check_namespace(known, NamedPlace("x")).has_value());
    }
}
