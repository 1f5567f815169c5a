#include "filters/body/json_path_parser.hpp"

#include <array>
#include <catch2/catch.hpp>

using namespace bordergate;

namespace {

/// The column of the mistake in `path`; 0: there is none.
std::size_t column(std::string_view path) {
    const auto compiled = JsonPath::compile(path);
    if (compiled.has_value()) return 0;
    const auto& detail = compiled.error().detail;
    const auto at = detail.rfind(", character ");
    return std::stoul(detail.substr(at + 12));
}

bool selects(std::string_view path, std::string_view name) {
    const std::array<JsonStep, 1> steps{JsonStep{name, 0, false}};
    return JsonPath::compile(path).value().matches(steps);
}

}  // namespace

TEST_CASE("names in both quotes, with every escape of RFC 9535, and without quotes") {
    CHECK(selects("$['a b']", "a b"));
    CHECK(selects("$[\"it's\"]", "it's"));
    CHECK(selects("$['say \"a\"']", "say \"a\""));
    CHECK(selects("$['it\\'s']", "it's"));
    CHECK(selects("$[\"\\\"\"]", "\""));
    CHECK(selects(R"($['\b\f\n\r\t\/\\'])", "\b\f\n\r\t/\\"));
    CHECK(selects(R"($['\u00e4\u00E4\u0041'])", "\xc3\xa4\xc3\xa4" "A"));
    CHECK(selects(R"($["\ud83d\ude00"])", "\xf0\x9f\x98\x80"));
    CHECK(selects("$['']", ""));
    CHECK(selects("$.\xc3\xa4_9", "\xc3\xa4_9"));
    CHECK(selects("$.\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"));
    CHECK(selects("$._", "_"));
    CHECK(selects("$['\x7f']", "\x7f"));
}

TEST_CASE("blanks stand where RFC 9535 has them") {
    for (auto path : {"$ .a", "$\n[ 'a' ]", "$\t[\r1\n,\t2 ]", "$[ 1 : 2 : 1 ]", "$[:\n:]", "$..[ * ]", "$ ..a", "$[?@.a== 1]", "$[ ? @ .a [0] && ! ( @.b ) ]", "$[?count( @.* ) >1]"}) {
        INFO(path);
        CHECK(column(path) == 0);
    }
    CHECK(column(" $") == 1);
    CHECK(column("$ ") == 2);
    CHECK(column("$.a ") == 4);
    CHECK(column("$. a") == 3);
    CHECK(column("$.. a") == 4);
    CHECK(column("$[?count (@.*)>1]") == 4);
}

TEST_CASE("a mistake is told with its column, in characters") {
    struct Mistake {
        std::string_view path;
        std::size_t column;
    };
    for (const auto& [path, at] : std::initializer_list<Mistake>{
             {"", 1},          {"a", 1},           {"$a", 2},             {"$.", 3},           {"$..", 4},          {"$.['a']", 3},      {"$.1a", 3},        {"$.a b", 4},
             {"$[", 3},        {"$[]", 3},         {"$[1", 4},            {"$['a", 3},         {"$['a'", 6},        {"$[a]", 3},         {"$[01]", 3},       {"$[-0]", 3},
             {"$[1:02]", 5},   {"$[1.0]", 4},      {"$[9007199254740992]", 3}, {"$['\\x']", 4}, {"$['\\\"']", 5},   {"$[\"\\'\"]", 5},   {"$['\\ud800']", 4}, {"$['\\udc00']", 4},
             {"$['\\u12']", 4}, {"$['a\tb']", 5},  {"$['\xc3\xa4', x]", 8}, {"$.\xc3\xa4.\xe2\x82\xac .", 8}, {"$['\xff']", 4}, {"$[1,]", 5}, {"$[,1]", 3},   {"$[?]", 4},
             {"$[?@.a=1]", 7}, {"$[?@.a==]", 9},   {"$[?@.a==01]", 9},    {"$[?@.a==+1]", 9},  {"$[?@.a==1.]", 9},  {"$[?@.a==1e]", 9},  {"$[?@.a==tru]", 9}, {"$[?true]", 8},
             {"$[?'a']", 7},   {"$[?@.*==1]", 4},  {"$[?1==@[0:1]]", 7},  {"$[?!@.a==1]", 8},  {"$[?(@.a]", 8},     {"$[?@.a)]", 7},     {"$[?@.a&@.b]", 7}, {"$[?@.a &&]", 10},
             {"$[?length(@.a)]", 15}, {"$[?length(@.*)>1]", 11}, {"$[?length()>1]", 11}, {"$[?length(@,@)>1]", 12}, {"$[?count(1)>1]", 10}, {"$[?count(@.a,@.b)>1]", 13},
             {"$[?match(@.a)]", 13}, {"$[?match(@.a,'a')==true]", 18}, {"$[?1==match(@.a,'a')]", 7}, {"$[?match(@.a,'(')]", 14}, {"$[?length(match(@,'a'))>1]", 11}, {"$[?nothing(@)]", 4}}) {
        INFO(path);
        CHECK(column(path) == at);
    }
}

TEST_CASE("what cannot be decided while a document streams is refused, with a reason and what to write instead") {
    for (auto path : {"$[-1]", "$.a[-2:]", "$[1:-1]", "$[:-1]", "$[-1:1]", "$[-3:9]", "$[::-2]", "$[5:1:-2]", "$[-1:-3:-1]", "$[3:-9:-1]", "$[?$.a]", "$[?@.a==$.b]",
                      "$[?@[-1]==1]", "$[?count($..*)>1]", "$[?match(@.a, @.b)]", "$[?search(@.a, value(@..p))]", "$..[?@..a]", "$[?@..a..b]", "$[?@..a[?@..b]]"}) {
        INFO(path);
        std::string hint;
        const auto compiled = JsonPath::compile(path, &hint);
        REQUIRE(compiled.has_error());
        CHECK_THAT(compiled.error().detail, Catch::Contains("cannot be decided while the document streams"));
        CHECK_FALSE(hint.empty());
    }
    // A mistake of the grammar goes before it.
    CHECK_THAT(JsonPath::compile("$[-1].").error().detail, Catch::Contains("character 7: a name or * follows a dot"));
}

TEST_CASE("slices select what they would of an array of any length") {
    const auto of = [](std::string_view path) {
        const auto compiled = JsonPath::compile(path).value();
        std::string all;
        for (std::size_t i = 0; i < 8; ++i) {
            const std::array<JsonStep, 1> steps{JsonStep{{}, i, true}};
            if (compiled.matches(steps)) all += std::to_string(i);
        }
        return all;
    };
    CHECK(of("$[:]") == "01234567");
    CHECK(of("$[2:5]") == "234");
    CHECK(of("$[1::3]") == "147");
    CHECK(of("$[:6:2]") == "024");
    CHECK(of("$[::9007199254740991]") == "0");
    CHECK(of("$[5:2]").empty());
    CHECK(of("$[::0]").empty());
    CHECK(of("$[-3:0]").empty());
    CHECK(of("$[-1:-3]").empty());
    CHECK(of("$[2:5:-1]").empty());
    CHECK(of("$[::-1]") == "01234567");
    CHECK(of("$[5:2:-1]") == "345");
    CHECK(of("$[3::-1]") == "0123");
    CHECK(of("$[:4:-1]") == "567");
    CHECK(of("$[5:4:-7]") == "5");
    CHECK(of("$[0::-3]") == "0");
}

TEST_CASE("a path is bounded in what it may cost") {
    std::string deep = "$[?", many = "$[?@.a", wide = "$[";
    for (int i = 0; i < 100; ++i) deep += "(";
    CHECK_THAT(JsonPath::compile(deep).error().detail, Catch::Contains("nested deeper"));
    deep = "$";
    for (int i = 0; i < 100; ++i) deep += "[?@";
    CHECK_THAT(JsonPath::compile(deep).error().detail, Catch::Contains("nested deeper"));
    for (int i = 0; i < 70; ++i) many += "&&@.a" + std::to_string(i);
    CHECK_THAT(JsonPath::compile(many + "]").error().detail, Catch::Contains("64 members"));
    for (int i = 0; i < 70; ++i) wide += "?@.a,";
    CHECK_THAT(JsonPath::compile(wide + "?@.a]").error().detail, Catch::Contains("64 filters"));
    CHECK_THAT(JsonPath::compile("$[?count(@['a','a']['a','a']['a','a']['a','a']['a','a'])>1]").error().detail, Catch::Contains("too often"));
    std::string longest = "$";
    for (std::size_t i = 0; i < JsonPath::most_segments; ++i) longest += ".a";
    CHECK(JsonPath::compile(longest).has_value());
    CHECK_THAT(JsonPath::compile(longest + ".a").error().detail, Catch::Contains("63 segments"));
}
