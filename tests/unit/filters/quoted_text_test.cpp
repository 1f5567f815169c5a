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
