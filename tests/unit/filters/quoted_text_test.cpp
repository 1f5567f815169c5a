#include "filters/body/quoted_text.hpp"

#include <catch2/catch.hpp>

#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::World;

namespace {

std::string said(World& world, std::string_view text) {
    const Status done = inspect_quoted(text, NamedPlace("x"), world.treatment);
    return done.has_error() ? std::string(info(done.error().code).name) : "";
}

}  // namespace

TEST_CASE("what only backslashes hide does not go where it would have to be masked") {
    World world;
    CHECK(said(world, R"(name="a\@b.de")") == "place_cannot_carry");
    CHECK(world.findings.entities.at("EMAIL_ADDRESS") == 1);
    CHECK(said(world, R"(iban="\DE89370400440532013000")") == "");  // found as it stands, and treated there
    CHECK(said(world, R"(iban="DE89\370400440532013000")") == "no_permit");
    world.treatment.observe = true;
    CHECK(said(world, R"(name="a\@b.de")") == "");
    CHECK(world.findings.entities.at("EMAIL_ADDRESS") == 2);
}

TEST_CASE("what stands there without them too is not told twice") {
    World world;
    CHECK(said(world, R"(a@b.de "c:\temp\x.txt" d@e.fr\)") == "");
    CHECK(said(world, "a@b.de") == "");
    CHECK(said(world, R"(\\ "\"")") == "");
    CHECK(world.findings.entities.empty());
    world.cell("contact").form = Form::clear;
    CHECK(said(world, R"(name="a\@b.de")") == "");
}

TEST_CASE("what backslashes hide in the midst of a find of another class is not passed over", "[quoted]") {
    World world;
    Recogniser note;
    note.spec.entity = "NOTE";
    note.spec.patterns = {"note [A-Z0-9\\\\]{4,40} end"};
    note.spec.alone = 0.9F;
    note.data = *world.classes.find("credential");
    world.scanner = Scanner({note, builtin_recogniser("IBAN_CODE", *world.classes.find("account"))});
    // The note may go as it stands; the account number that is in it without the backslash may not.
    CHECK(said(world, R"(note DE89\370400440532013000 end)") == "no_permit");
    CHECK(said(world, R"(note XY89\370400440532013000 end)") == "");
}
