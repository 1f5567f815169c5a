#include "filters/body/ndjson.hpp"

#include <catch2/catch.hpp>

#include "tests/support/every_split.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::at_every_split;
using bordergate::testing::transformed;
using bordergate::testing::World;

namespace {

/// What becomes of `in`, the same at every split.
std::string treated(std::string_view in, const char* path = nullptr) {
    return at_every_split(in.size(), [&](std::size_t step) {
        World world;
        JsonPaths paths;
        if (path) paths.selectors.push_back({JsonPath::compile(path).value(), ClassSet{*world.classes.find("contact")}});
        JsonRewriteSpec spec;
        spec.treatment = &world.treatment;
        spec.paths = &paths;
        const auto lines = make_ndjson(spec);
        return transformed(*lines, in, step);
    });
}

}  // namespace

TEST_CASE("each line is a document of its own") {
    CHECK(treated("") == "");
    CHECK(treated("{\"a\":1}\n\n[2]\r\n\"x\"") == "{\"a\":1}\n\n[2]\r\n\"x\"");
    CHECK(treated("{\"to\":\"a@b.de\"}\n{\"to\":\"c@d.fr\"}\n") == "{\"to\":\"<EMAIL_ADDRESS>\"}\n{\"to\":\"<EMAIL_ADDRESS>\"}\n");
    CHECK(treated("\x1e{\"to\":\"a@b.de\"}\n\x1e[1]\n") == "\x1e{\"to\":\"<EMAIL_ADDRESS>\"}\n\x1e[1]\n");
    CHECK(treated("{\"name\":\"Anna\"}\n{\"name\":\"Ben\"}", "$.name") == "{\"name\":\"<contact>\"}\n{\"name\":\"<contact>\"}");
}

TEST_CASE("a line that is no document is refused") {
    CHECK(treated("{\"a\":1}\n{\"a\":\n1}\n") == "!body_invalid");
    CHECK(treated("{} {}\n") == "!body_invalid");
    CHECK(treated("nothing\n") == "!body_invalid");
}
