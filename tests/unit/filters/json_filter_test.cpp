#include "filters/body/json_filter.hpp"

#include <catch2/catch.hpp>

#include "tests/support/every_split.hpp"
#include "tests/support/selected.hpp"

using namespace bordergate;
using bordergate::testing::at_every_split;
using bordergate::testing::selected;

namespace {

std::string chosen(std::string_view path, std::string_view document) {
    INFO(path << " of " << document);
    const auto compiled = JsonPath::compile(path);
    if (compiled.has_error()) return compiled.error().detail;
    return at_every_split(document.size(), [&](std::size_t size) { return selected(*compiled, document, size); });
}

/// Which elements of the array `elements` the filter chooses.
std::string of(std::string_view filter, std::string_view elements) { return chosen("$[?" + std::string(filter) + "]", elements); }

}  // namespace

TEST_CASE("a filter asks whether something exists") {
    CHECK(of("@.a", R"([{"a":null},{"b":1},{"a":[]},[],"a",3])") == "/0 /2");
    CHECK(of("!@.a", R"([{"a":null},{"b":1},3])") == "/1 /2");
    CHECK(of("@", R"([null,false,{}])") == "/0 /1 /2");
    CHECK(of("@.*", R"([{},[],[0],{"x":1},1])") == "/2 /3");
    CHECK(of("@[1]", "[[0],[0,1],{\"1\":0}]") == "/1");
    CHECK(of("@[1:9:3]", "[[0],[0,1],[0,1,2]]") == "/1 /2");
    CHECK(of("@..x", R"([{"a":[{"x":1}]},{"a":[{"y":1}]},{"x":0}])") == "/0 /2");
    CHECK(of("@['a','b']", R"([{"b":1},{"c":1}])") == "/0");
    CHECK(of("@[?@>1]", "[[0,1],[0,2],{\"k\":9}]") == "/1 /2");
    CHECK(chosen("$.m[?@.a].b[?@.c].d", R"({"m":[{"b":[{"c":1,"d":2}],"a":1},{"b":[{"c":1,"d":2}]},{"a":1,"b":[{"d":3}]}]})") == "/m/0/b/0/d");
    CHECK(chosen("$[?@.v].x", R"({"p":{"x":1,"v":1},"q":{"x":1}})") == "/p/x");
    CHECK(chosen("$..[?@.t=='x'].v", R"({"t":"x","v":0,"a":{"v":1,"b":{"v":2,"t":"x"},"t":"x"}})") == "/a/v /a/b/v");
    CHECK(chosen("$[?@.a, 2, ?@.b]", R"([{"a":1},{"b":1},0,{"c":1}])") == "/0 /1 /2");
}

TEST_CASE("comparisons are those of RFC 9535") {
    const std::string_view all = R"([{"a":"b"},{"a":1},{"a":1.0},{"a":null},{"a":true},{"a":[1]},{"a":{"k":1}},{},"a"])";
    CHECK(of("@.a=='b'", all) == "/0");
    CHECK(of("@.a==\"b\"", all) == "/0");
    CHECK(of("'b' == @.a", all) == "/0");
    CHECK(of("@.a==1", all) == "/1 /2");
    CHECK(of("@.a==10e-1", all) == "/1 /2");
    CHECK(of("@.a==null", all) == "/3");
    CHECK(of("@.a==true", all) == "/4");
    CHECK(of("@.a!=1", all) == "/0 /3 /4 /5 /6 /7 /8");
    CHECK(of("@.a<2", all) == "/1 /2");
    CHECK(of("@.a<='b'", all) == "/0");
    CHECK(of("@.a>'a'", all) == "/0");
    CHECK(of("@.a<=null", all) == "/3");
    CHECK(of("@.a<null", all).empty());
    CHECK(of("@.a==@.b", all) == "/7 /8");  // neither exists
    CHECK(of("@=='a'", all) == "/8");
    CHECK(of("@.a==@.b", R"([{"a":{"x":1,"y":[2]},"b":{"y":[2.0],"x":1e0}},{"a":[1],"b":[1,2]},{"a":{"x":1},"b":{"y":1}},{"b":"\u0061","a":"a"}])") == "/0 /3");
    CHECK(of("@.n==9007199254740993", R"([{"n":9007199254740992},{"n":9007199254740993}])") == "/1");
    CHECK(of("@<'\xe2\x82\xac'", "[\"\xc3\xa4\",\"\xf0\x9f\x98\x80\",\"z\"]") == "/0 /2");  // by code points
    CHECK(of("@ == 'it\\'s \\u00e4'", "[\"it's \xc3\xa4\",\"it's \\u00E4\"]") == "/0 /1");
}

TEST_CASE("and, or, not and parentheses") {
    const std::string_view all = R"([{"a":1},{"b":1},{"a":1,"b":1},{"c":1},{}])";
    CHECK(of("@.a&&@.b", all) == "/2");
    CHECK(of("@.a||@.b", all) == "/0 /1 /2");
    CHECK(of("@.a || @.b && @.c", all) == "/0 /2");
    CHECK(of("(@.a || @.b) && !@.c && !(@.a && @.b)", all) == "/0 /1");
    CHECK(of("!(@.a==1)", all) == "/1 /3 /4");
    CHECK(of("! ( @.a )\t||\n@.b ", all) == "/1 /2 /3 /4");
}

TEST_CASE("functions are those of RFC 9535") {
    CHECK(of("length(@)==2", R"(["\u00e4\ud83d\ude00",[0,0],{"a":1,"b":2},2,"abc",null])") == "/0 /1 /2");
    CHECK(of("length(@.a)>=2", R"([{"a":"xy"},{"a":1},{},{"a":[1,2,3]}])") == "/0 /3");
    CHECK(of("length('xyz') == length(@.a)", R"([{"a":"xyz"},{"a":[1,2]}])") == "/0");
    CHECK(of("count(@.*)==2", "[[0,0],{\"a\":1,\"b\":2},[0],\"ab\"]") == "/0 /1");
    CHECK(of("count(@..*)>2", "[[[[0]]],[0,0],[[0],0]]") == "/0 /2");
    CHECK(of("count(@['a','a'])==2", R"([{"a":1},{"b":1}])") == "/0");
    CHECK(of("value(@..x)==7", R"([{"a":{"x":7}},{"x":7,"y":{"x":7}},{}])") == "/0");
    CHECK(of("length(value(@.a))>0", R"([{"a":"x"},{"a":""}])") == "/0");
    CHECK(of("match(@.a,'a.*')", R"([{"a":"ab"},{"a":"ba"},{"a":3},{}])") == "/0");
    CHECK(of("!match(@.a,'a.*')", R"([{"a":"ab"},{"a":"ba"},{"a":3},{}])") == "/1 /2 /3");
    CHECK(of("search(@, '[xy]{2}')", R"(["axyb","xaY","yy"])") == "/0 /2");
    CHECK(of("match(@, '\\\\p{Lu}.')", R"(["\u00c4\u20ac","\u00e4\u20ac","A\n"])") == "/0");
    CHECK(of("match(@, 1)", R"(["1",1])").empty());
}

TEST_CASE("an object that repeats a key which a filter asks for is refused, however it is spelt") {
    CHECK(of("@.t=='x'", R"([{"t":"y","t":"x"}])") == "!body_invalid");
    CHECK(of("@.t=='x'", R"([{"t":"x","v":1,"\u0074":"y"}])") == "/0 !body_invalid");
    CHECK(of("@.a.t=='x'", R"([{"a":{"t":"x","t":"x"}}])") == "!body_invalid");
    CHECK(of("count(@.*)==1", R"([{"a":1,"a":1}])") == "!body_invalid");
    CHECK(of("@.a==@.b", R"([{"a":{"x":1,"x":1},"b":{"x":1}}])") == "!body_invalid");
    CHECK(of("@.t=='x'", R"([{"u":1,"u":2,"t":"x"}])") == "/0");  // nobody asks for u
}
