#include "filters/body/json_path.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

namespace {

bool selects(std::string_view path, std::vector<JsonStep> steps) { return JsonPath::compile(path).value().matches(steps); }
JsonStep name(std::string_view text) { return {text, 0, false}; }
JsonStep index(std::size_t i) { return {{}, i, true}; }

}  // namespace

TEST_CASE("the selectors of RFC 9535 that can be decided while streaming") {
    CHECK(selects("$", {}));
    CHECK(selects("$.a.b", {name("a"), name("b")}));
    CHECK_FALSE(selects("$.a", {name("a"), name("b")}));
    CHECK(selects("$['a b']", {name("a b")}));
    CHECK(selects("$[\"q\\\"\"]", {name("q\"")}));
    CHECK(selects("$.m[*].c", {name("m"), index(7), name("c")}));
    CHECK(selects("$[2]", {index(2)}));
    CHECK_FALSE(selects("$[2]", {index(3)}));
    CHECK_FALSE(selects("$[2]", {name("2")}));
    CHECK(selects("$[1:3]", {index(2)}));
    CHECK_FALSE(selects("$[1:3]", {index(3)}));
    CHECK(selects("$[1:]", {index(99)}));
    CHECK(selects("$['a', 'b', 3]", {index(3)}));
    CHECK(selects("$..id", {name("x"), index(0), name("id")}));
    CHECK(selects("$..id", {name("id")}));
    CHECK(selects("$..a..b", {name("a"), name("x"), name("b")}));
    CHECK_FALSE(selects("$..id", {name("id"), name("x")}));
    CHECK(selects("$..*", {name("id"), name("x")}));
}

TEST_CASE("what is malformed or cannot stream is named with its position") {
    for (auto path : {"", "a", "$.", "$..", "$[", "$[]", "$[?@.a]", "$[-1]", "$[::2]", "$['a", "$.a b", "$[1", "$.1a", "$a"}) {
        INFO(path);
        const auto compiled = JsonPath::compile(path);
        REQUIRE(compiled.has_error());
        CHECK_THAT(compiled.error().detail, Catch::Contains("character"));
    }
}
