#include "filters/body/json_filtered.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "tests/support/every_split.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::at_every_split;
using bordergate::testing::transformed;
using bordergate::testing::World;

namespace {

struct Setup {
    std::string path, data = "health";
    JsonBounds bounds = {4096, 32};
};

std::string in_pieces(World& world, std::string_view in, std::size_t size, const Setup& setup) {
    JsonPaths paths;
    paths.selectors.push_back({JsonPath::compile(setup.path).value(), ClassSet{*world.classes.find(setup.data)}});
    paths.selectors.push_back({JsonPath::compile("$..plain").value(), ClassSet{*world.classes.find("health")}});
    JsonRewriteSpec spec;
    spec.paths = &paths;
    spec.treatment = &world.treatment;
    spec.bounds = setup.bounds;
    return transformed(*make_json_rewrite(std::move(spec)), in, size);
}

/// What becomes of `in`, the same at every split.
std::string rewrite(std::string_view in, const Setup& setup) {
    World world;
    return at_every_split(in.size(), [&](std::size_t size) { return in_pieces(world, in, size, setup); });
}

/// A random document in which members are called by few names and are of few values.
std::string document(std::mt19937& random, int depth) {
    static constexpr std::array<std::string_view, 6> scalars{"1", "2.0", "\"x\"", "\"a@b.de\"", "null", "true"};
    static constexpr std::array<std::string_view, 4> names{"t", "v", "w", "\\u0076x"};
    const auto pick = random() % (depth == 0 ? 6 : 12);
    if (pick < 6) return std::string(scalars[pick]);
    const bool array = pick < 9;
    std::string text = array ? "[" : "{";
    for (std::size_t i = 0, count = random() % 5; i < count; ++i) {
        if (i > 0) text += ',';
        if (!array) text.append("\"").append(names[i % names.size()]).append("\": ");
        text += document(random, depth - 1);
    }
    return text += array ? ']' : '}';
}

}  // namespace

TEST_CASE("only what the filter chooses is declared, wherever the member that decides stands") {
    const Setup texts{"$.messages[?@.role=='user' && @.content].content"};
    CHECK(rewrite(R"({"messages":[{"role":"user","content":"a"},{"content":"b","role":"user"},{"role":"system","content":"c"},{"role":"user"},7]})", texts) ==
          R"({"messages":[{"role":"user","content":"{health}"},{"content":"{health}","role":"user"},{"role":"system","content":"c"},{"role":"user"},7]})");
    const Setup parts{"$..parts[?@.type == 'text']"};
    CHECK(rewrite(R"({"plain":"p","m":{"parts":[ {"type":"text","text":"a"} , {"type":"image","text":"a"}, {"text":[1],"type":"te\u0078t"} ]}})", parts) ==
          R"({"plain":"{health}","m":{"parts":[ "{health}" , {"type":"image","text":"a"}, "{health}" ]}})");
    CHECK(rewrite(R"([1,"x",{"secret":true,"n":3}])", {"$[?@.secret==true || @=='x']"}) == R"([1,"{health}","{health}"])");
    CHECK(rewrite(R"({"a":{"vip":1,"n":"x"},"b":{"n":"y"}})", {"$[?@.vip].n"}) == R"({"a":{"vip":1,"n":"{health}"},"b":{"n":"y"}})");
    CHECK(rewrite(R"([{"t":"x","v":[{"t":"y","v":"1"},{"t":"x","v":"2"}]}])", {"$[?@.t=='x'].v[?@.t!='x'].v"}) == R"([{"t":"x","v":[{"t":"y","v":"{health}"},{"t":"x","v":"2"}]}])");
}

TEST_CASE("what is refused elsewhere is refused behind a filter, and only there") {
    const Setup owed{"$[?@.kind=='account'].number", "account"};
    CHECK(rewrite(R"([{"number":"1","kind":"other"}])", owed) == R"([{"number":"1","kind":"other"}])");
    CHECK(rewrite(R"([{"number":"1","kind":"account"}])", owed) == "!no_permit");
    CHECK(rewrite(R"([{"kind":"account","number":"1"},])", owed) == "!no_permit");
    CHECK(rewrite(R"([{"kind":"x","number":"1"},])", owed) == "!body_invalid");
    CHECK(rewrite(R"([{"kind":"x","kind":"account","number":"1"}])", owed) == "!body_invalid");
    CHECK(rewrite(R"([{"kind":"account","number":1,"n\u0075mber":2}])", {owed.path, "health"}) == "!body_invalid");
}

TEST_CASE("an element longer than hold_back is refused if its filter needs it all") {
    std::string filler;
    while (filler.size() < 300) filler += "lorem ipsum ";
    const Setup texts{"$[?@.t=='x'].v", "health", {256, 32}};
    CHECK(rewrite("[{\"v\":\"s\",\"w\":[\"" + filler.substr(0, 200) + "\"],\"t\":\"x\"}]", texts) == "[{\"v\":\"{health}\",\"w\":[\"" + filler.substr(0, 200) + "\"],\"t\":\"x\"}]");
    CHECK(rewrite("[{\"v\":\"s\",\"w\":[\"" + filler + "\"],\"t\":\"x\"}]", texts) == "!body_too_large");
    CHECK(rewrite("[{\"t\":\"x\",\"v\":\"s\",\"w\":[\"" + filler + "\"]}]", texts) == "[{\"t\":\"x\",\"v\":\"{health}\",\"w\":[\"" + filler + "\"]}]");
    CHECK(rewrite("[\"" + filler + "\",{\"t\":\"x\",\"v\":\"s\"}]", texts) == "[\"" + filler + "\",{\"t\":\"x\",\"v\":\"{health}\"}]");
}

TEST_CASE("a filter over random documents: the same at every split, and what it does not choose stays") {
    std::mt19937 random(11);
    for (const auto* path : {"$..[?@.t=='x'].v", "$..[?@.v==@.w]", "$[?@.t].v[?@>=1]", "$..v[?length(@)==1 || @.w]", "$[?count(@.*)>2, ?@.t==null]"}) {
        World world;
        for (int round = 0; round < 100; ++round) {
            const auto body = document(random, 4);
            INFO(path << " of " << body);
            const auto whole = in_pieces(world, body, body.size(), {path});
            CHECK(in_pieces(world, body, 1, {path}) == whole);
            CHECK(in_pieces(world, body, 1 + random() % 9, {path}) == whole);
            world.treatment.observe = true;
            CHECK(in_pieces(world, body, 3, {path}) == body);
            world.treatment.observe = false;
        }
    }
}

TEST_CASE("a body of any size passes within the bound") {
    World world;
    std::string body = "[", expected = "[";
    for (int i = 0; i < 50000; ++i) {
        const std::string sep = i > 0 ? "," : "", type = i % 5 == 0 ? "text" : "image", n = std::to_string(i);
        body += sep + "{\"v\":\"n" + n + "\",\"type\":\"" + type + "\"}";
        expected += sep + "{\"v\":\"" + (i % 5 == 0 ? "{health}" : "n" + n) + "\",\"type\":\"" + type + "\"}";
    }
    CHECK((in_pieces(world, body + "]", 65536, {"$[?@.type=='text'].v", "health", {1024, 32}}) == expected + "]"));
}
