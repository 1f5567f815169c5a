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

TEST_CASE("filters that nobody has asked count as if they held, others as they answer") {
    const auto path = JsonPath::compile("$.a[?@.x, ?@.y].b").value();
    REQUIRE(path.filters().size() == 2);
    CHECK(path.filtered());
    CHECK_FALSE(JsonPath::compile("$.a")->filtered());
    CHECK(path.matches(std::vector<JsonStep>{name("a"), index(0), name("b")}));
    const auto inside = path.advance(JsonPath::root, name("a"));
    CHECK(path.selects(path.advance(path.advance(inside, index(0), 2), name("b"))));
    CHECK(path.selects(path.advance(path.advance(inside, name("q"), 1), name("b"))));
    CHECK(path.advance(inside, index(0), 0) == 0);
    CHECK((JsonPath::compile("$[?@=='x', ?length(@)==2, ?@.a]")->answers_for("xy") & 7) == 2);
}

TEST_CASE("a path selects the innermost value of those that another stands in") {
    const std::vector<JsonStep> steps{{"a"}, {"", 1, true}, {"b"}};
    const auto depth = [&](const char* path) { return JsonPath::compile(path)->selected_depth(steps); };
    CHECK(depth("$") == 1);
    CHECK(depth("$.a") == 2);
    CHECK(depth("$.a[1]") == 3);
    CHECK(depth("$.a[1].b") == 4);
    CHECK(depth("$..b") == 4);
    CHECK(depth("$..*") == 4);
    CHECK(depth("$.a[1].b.c") == 0);
    CHECK(depth("$.a[2]") == 0);
    CHECK(depth("$.b") == 0);
}

TEST_CASE("two paths may select one value unless their names, indices or lengths part them") {
    const auto meet = [](const char* a, const char* b) {
        const auto x = JsonPath::compile(a).value(), y = JsonPath::compile(b).value();
        CHECK(x.may_meet(y) == y.may_meet(x));
        return x.may_meet(y);
    };
    CHECK(meet("$.a", "$.a"));
    CHECK_FALSE(meet("$.a", "$.a.b[0]"));
    CHECK_FALSE(meet("$.a", "$.b"));
    CHECK_FALSE(meet("$.a.x", "$.a.y"));
    CHECK_FALSE(meet("$.a.x", "$.b.x"));
    CHECK(meet("$.*", "$.b"));
    CHECK_FALSE(meet("$..x", "$.b"));
    CHECK_FALSE(meet("$..x", "$..y"));
    CHECK(meet("$..x", "$.b.x"));
    CHECK(meet("$..x", "$.b..x"));
    CHECK(meet("$..x.y", "$..y"));
    CHECK_FALSE(meet("$..x.y", "$..z.y"));
    CHECK_FALSE(meet("$..x.y", "$.y"));
    CHECK(meet("$..x", "$..*"));
    CHECK_FALSE(meet("$.a..x", "$.b..x"));
    CHECK_FALSE(meet("$[0]", "$[1]"));
    CHECK_FALSE(meet("$[0]", "$['0']"));
    CHECK(meet("$[1:3]", "$[2]"));
    CHECK_FALSE(meet("$[1:3]", "$[3:]"));
    CHECK(meet("$['a','b']", "$['b','c']"));
    CHECK(meet("$[?@.x]", "$[3]"));
    CHECK_FALSE(meet("$[?@.x].a", "$[?@.x].b"));
    CHECK_FALSE(meet("$", "$.b"));
    CHECK(meet("$", "$"));
}

TEST_CASE("the names that a path asks of values right under the root") {
    const auto names = [](std::string_view path) {
        std::string joined;
        const auto compiled = JsonPath::compile(path).value();
        for (const auto one : compiled.names_under_root()) joined.append(one).append("|");
        return joined;
    };
    CHECK(names("$.a") == "a|");
    CHECK(names("$..a") == "a|");
    CHECK(names("$['a','1',3]") == "a|1|");
    for (auto none : {"$", "$.*", "$[0]", "$.a.b", "$..a[*]"}) CHECK(names(none).empty());
}
