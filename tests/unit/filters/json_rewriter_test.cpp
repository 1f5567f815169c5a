// What a document's strings are besides text: signed blocks, strings that were treated already, and what tells requests apart.
#include "filters/body/json_rewriter.hpp"

#include <catch2/catch.hpp>

#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::transformed;
using bordergate::testing::World;

namespace {

std::string run(World& world, const JsonPaths& paths, std::string_view in, std::size_t size = 7) {
    JsonRewriteSpec spec;
    spec.treatment = &world.treatment;
    spec.paths = &paths;
    return transformed(*make_json_rewrite(std::move(spec)), in, size);
}

JsonPaths signed_paths() {
    JsonPaths paths;
    paths.signed_blocks.push_back(JsonPath::compile("$.blocks[*]['thinking','signature']").value());
    paths.correlation = JsonPath::compile("$.id").value();
    return paths;
}

}  // namespace

TEST_CASE("a signed block goes as it is, its seal unread, and is told of") {
    World world;
    const auto paths = signed_paths();
    const std::string in = R"({"blocks":[{"thinking":"I think so","signature":"EqQBCkYIARgCKkAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}],"text":"mail anna@example.org"})";
    const std::string out = R"({"blocks":[{"thinking":"I think so","signature":"EqQBCkYIARgCKkAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}],"text":"mail <EMAIL_ADDRESS>"})";
    for (std::size_t size = 1; size < in.size(); size += 5) CHECK(run(world, paths, in, size) == out);
    CHECK(world.findings.signed_blocks);
}

TEST_CASE("a signed block that holds what may not go in clear is refused, and one of another than the reader is opaque") {
    World world;
    const auto paths = signed_paths();
    CHECK(run(world, paths, R"({"blocks":[{"thinking":"of anna@example.org"}]})") == "!place_cannot_carry");
    World elsewhere;
    elsewhere.treatment.signed_elsewhere = true;
    CHECK(run(elsewhere, paths, R"({"blocks":[{"signature":"EqQB"}]})") == "!opaque_refused");
    CHECK(run(elsewhere, paths, R"({"blocks":[{"other":"EqQB"}]})") == R"({"blocks":[{"other":"EqQB"}]})");
}

TEST_CASE("strings that were treated already are left alone, and no others") {
    World world;
    const std::string in = R"({"a":"x@y.de","b":"x@y.de"})";
    const std::array<std::uint64_t, 1> left{in.find("x@y")};
    JsonRewriteSpec spec;
    spec.treatment = &world.treatment;
    spec.left = left;
    CHECK(transformed(*make_json_rewrite(spec), in, 3) == R"({"a":"x@y.de","b":"<EMAIL_ADDRESS>"})");
    // Also one that is longer than what is held back.
    const std::string text(300, 'x');
    const std::string longer = "{\"a\":\"" + text + " x@y.de\",\"b\":\"x@y.de\"}";
    spec.bounds.hold_back = 100;
    const std::array<std::uint64_t, 1> long_left{6};
    spec.left = long_left;
    CHECK(transformed(*make_json_rewrite(spec), longer, 11) == "{\"a\":\"" + text + " x@y.de\",\"b\":\"<EMAIL_ADDRESS>\"}");
}

TEST_CASE("what tells requests apart is kept as its JSON") {
    World world;
    const auto paths = signed_paths();
    (void)run(world, paths, R"({"id":7,"x":{"id":8}})");
    CHECK(world.findings.correlation == "7");
    (void)run(world, paths, R"({"id":"a\"b"})");
    CHECK(world.findings.correlation == R"("a\"b")");
}
