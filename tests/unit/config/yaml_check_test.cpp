// The checker: shape, words and formats, each mistake at its place, and what is sound is checked
// further.
#include "config/yaml_schema.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

namespace {

Schema schema_of_test() {
    using namespace schema;
    const auto thing = object(
        "a thing",
        {
            required("id", text("its name", Format::word)),
            optional("size", size("how large", 1024, 1 << 20)),
            optional("wait", duration("how long", 1000, 60'000'000)),
            optional("data",
                     one_of("classes", {text("a class", Format::class_name),
                                        some("classes", text("a class", Format::class_name))})),
            optional("colour", words("a colour", {"red", "green"})),
            optional("count", integer("how many", 1, 9)),
            optional("loud", boolean("whether it makes a noise")),
        });
    return object("the file",
                  {
                      required("things", unique_list("things", "id", thing)),
                      optional("by_name", map("things by name", thing)),
                      optional("either", one_key_of({"this", "that"}, "this or that",
                                                    {optional("this", text("x")),
                                                     optional("that", text("y"))})),
                      optional("some", some_of("something", {optional("x", text("x"))})),
                  });
}

/// Checks `text`; says `line:column what (suggestion)` per mistake, and leaves the pruned tree in
/// `root`.
std::string said(const std::string& text, YAML::Node* root = nullptr) {
    Diagnostics diagnostics;
    Report report("f", diagnostics);
    const Vocabulary vocabulary{{"personal", "health"}, {}, {}};
    auto node = YAML::Load(text);
    check(node, *schema_of_test(), vocabulary, report);
    if (root) root->reset(node);
    std::string all;
    for (const auto& one : diagnostics) {
        all += std::to_string(one.line) + ":" + std::to_string(one.column) + " " + one.what;
        if (!one.suggestion.empty()) all += " (" + one.suggestion + ")";
        all += "\n";
    }
    return all;
}

}  // namespace

TEST_CASE("a file that fits is left as it is", "[yaml_check]") {
    YAML::Node root;
    CHECK(said("things: [{id: a, size: 2KiB, wait: 5ms, data: [health], colour: red, count: 9, "
               "loud: true}]\n"
               "by_name: {b: {id: c, data: personal}}\neither: {that: z}\nsome: {x: y}",
               &root)
              .empty());
    CHECK(root["things"][0].size() == 7);
}

TEST_CASE("each mistake is told where it stands", "[yaml_check]") {
    struct Case {
        const char *text, *expected;
    };
    const std::vector<Case> cases{
        {"[a]", "1:1 the file is not a map (it starts with version: 1)\n"},
        {"by_name: {}", "1:1 \"things\" is missing (things)\n"},
        {"thigns: []", "1:1 unknown key \"thigns\" (did you mean \"things\"?)\n"},
        {"things: []\nzzzzz: 1",
         "2:1 unknown key \"zzzzz\" (there is things, by_name, either, some)\n"},
        {"things: []\nthings: []", "2:1 \"things\" is given twice (it stands on line 1 too)\n"},
        {"things: []\n? [a]\n: b", "2:3 a key must be a word\n"},
        {"things: x", "1:9 expected a list, found a single value (things)\n"},
        {"things:", "1:1 expected a list, found nothing (things)\n"},
        {"things: [{id: [a]}]", "1:15 expected a single value, found a list (its name)\n"},
        {"things: [{id: a}, {id: a}]", "1:24 \"a\" is used twice (it stands on line 1 too)\n"},
        {"things: [{id: a b}]", "1:15 \"a b\" is not one word without spaces, slashes or quotes\n"},
        {"things: [{id: a, size: 2kb}]", "1:24 \"2kb\" is not a size such as 64KiB or 8MiB\n"},
        {"things: [{id: a, size: 2MiB}]", "1:24 expected 1KiB to 1MiB, found \"2MiB\"\n"},
        {"things: [{id: a, wait: 2}]", "1:24 \"2\" is not a duration such as 2ms, 75s or 5m\n"},
        {"things: [{id: a, wait: 0s}]", "1:24 expected 1ms to 1m, found \"0s\"\n"},
        {"things: [{id: a, data: helth}]",
         "1:24 no class is called \"helth\" (did you mean \"health\"?)\n"},
        {"things: [{id: a, data: [personal, x]}]",
         "1:35 no class is called \"x\" (there is personal, health)\n"},
        {"things: [{id: a, data: []}]", "1:24 this list is empty (classes)\n"},
        {"things: [{id: a, data: {}}]",
         "1:24 expected a single value or a list, found a map (classes)\n"},
        {"things: [{id: a, colour: gren}]",
         "1:26 \"gren\" is not one of the words allowed here (did you mean \"green\"?)\n"},
        {"things: [{id: a, count: 10}]", "1:25 expected a number from 1 to 9, found \"10\"\n"},
        {"things: [{id: a, count: 1x}]", "1:25 expected a number from 1 to 9, found \"1x\"\n"},
        {"things: [{id: a, loud: yes}]", "1:24 expected true or false, found \"yes\"\n"},
        {"things: []\neither: {}", "2:9 \"this\" or \"that\" is missing (this or that)\n"},
        {"things: []\neither: {this: a, that: b}",
         "2:9 only one of \"this\" or \"that\" may be given (this or that)\n"},
        {"things: []\nsome: {}", "2:7 this is empty (something)\n"},
        {"things: []\nby_name: {a b: {id: c}}",
         "2:11 \"a b\" is not one word without spaces, slashes or quotes\n"},
        {"things: []\nby_name: {a: {id: c}, a: {id: d}}",
         "2:23 \"a\" is given twice (it stands on line 2 too)\n"},
    };
    for (const auto& one : cases) {
        INFO(one.text);
        CHECK(said(one.text) == one.expected);
    }
}

TEST_CASE("what is unsound is taken out, and nothing else", "[yaml_check]") {
    YAML::Node root;
    said(
        "things:\n  - {id: a, count: x, colour: red}\n  - {colour: red}\n  - {id: b}\nby_name: {p: "
        "{count: 1}, q: {id: c}}\neither: {}",
        &root);
    REQUIRE(root["things"].size() == 2);
    CHECK_FALSE(root["things"][0]["count"]);
    CHECK(root["things"][0]["colour"].Scalar() == "red");
    CHECK(root["things"][1]["id"].Scalar() == "b");
    CHECK(root["by_name"].size() == 1);
    CHECK_FALSE(root["either"]);
}

TEST_CASE("aliases are followed, also into themselves", "[yaml_check]") {
    CHECK(said("things: [&t {id: a}, {id: b, data: &d health}]\nby_name: {x: *t, y: {id: z, data: "
               "*d}}")
              .empty());
    CHECK_FALSE(said("things: &t [*t, {id: *t}]").empty());
    CHECK_FALSE(
        said("things: &t [{id: a}, *t, *t]\nby_name: &m {a: *m, id: *m, count: *t}").empty());
}

TEST_CASE("values are counted with each alias", "[yaml_check]") {
    std::string bomb = "things:\n  - &t {id: a}\n  - &d {id: b, data: [";
    for (int i = 0; i < 1000; ++i) bomb += "health, ";
    bomb += "health]}\nby_name:\n";
    for (int i = 0; i < 200; ++i) bomb += "  k" + std::to_string(i) + ": *d\n";
    CHECK_THAT(said(bomb), Catch::Contains("more than 100,000 values"));
}

TEST_CASE("words from the file are quoted safely", "[yaml_check]") {
    CHECK(in_quotes("a\x1b[2J\n") == "\"a\\x1b[2J\\x0a\"");
    CHECK(in_quotes(std::string(1000, 'x')).size() < 80);
    CHECK(said("things: []\n\"a\\u0007\": 1").find('\a') == std::string::npos);
}
