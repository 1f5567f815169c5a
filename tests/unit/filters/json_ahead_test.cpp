#include "filters/body/json_ahead.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "tests/support/every_split.hpp"
#include "tests/support/selected.hpp"

using namespace bordergate;
using bordergate::testing::at_every_split;
using bordergate::testing::selected;

namespace {

std::string chosen(std::string_view path, std::string_view document, std::size_t hold_back) {
    const auto compiled = JsonPath::compile(path).value();
    return at_every_split(document.size(), [&](std::size_t size) { return selected(compiled, document, size, {hold_back, 16}); });
}

/// How much of `document`, which has not ended, may go on.
std::size_t gone_on(std::string_view path, std::string_view document) {
    const auto compiled = JsonPath::compile(path).value();
    JsonAhead ahead({1 << 16, 16});
    ahead.add(compiled);
    std::size_t gone = 0;
    const Status fed = ahead.feed(document, [&](std::string_view ready) { return gone += ready.size(), Status{}; });
    CHECK(fed.has_value());
    return gone;
}

}  // namespace

TEST_CASE("a value is held until its filter is decided, and no longer") {
    CHECK(gone_on("$[?@.t=='x']", R"([{"t":"x")") == 9);            // known with the member
    CHECK(gone_on("$[?@.t=='x']", R"([{"a":1,"t":"y")") == 15);     // as well when it does not hold
    CHECK(gone_on("$[?@.t=='x']", R"([{"a":[1,2,3],"b":)") == 1);   // the member may still come
    CHECK(gone_on("$[?@.t=='x']", R"([{"a":1},{"b":7)") == 9);      // one that ended without it
    CHECK(gone_on("$[?@.t=='x']", "[[1,2,[") == 7);                 // an array has no members
    CHECK(gone_on("$[?@.t=='x']", "[\"begins a string") == 17);     // nor has a string
    CHECK(gone_on("$[?@.t]", R"([{"t":[1,2,)") == 11);              // exists as soon as it begins
    CHECK(gone_on("$[?@.t==1]", R"([{"t":{"a":)") == 11);           // is of another kind as soon as it begins
    CHECK(gone_on("$[?@.a||@.b==1]", R"([{"c":1,"a":)") == 1);
    CHECK(gone_on("$[?@.a||@.b==1]", R"([{"c":1,"a":[)") == 13);
    CHECK(gone_on("$[?@[0]]", R"([{"c":1,"a":[)") == 13);
    CHECK(gone_on("$.m[?@.t]", R"({"x":{"a":[1],"b":)") == 18);     // not asked
    CHECK(gone_on("$..[?@.t]", R"({"x":{"y":{"t":1},)") == 5);      // x may still have it
    CHECK(gone_on("$[?count(@.*)==1]", "[[1],[1") == 5);
}

TEST_CASE("a value that would have to be held longer than hold_back is refused") {
    const std::string filler(50, 'x');
    const auto late = "[{\"a\":\"" + filler + "\",\"t\":\"x\"},0]", early = "[{\"t\":\"x\",\"a\":\"" + filler + "\"},0]";
    CHECK(chosen("$[?@.t=='x']", late, 100) == "/0");
    CHECK(chosen("$[?@.t=='x']", late, 67) == "/0");
    CHECK(chosen("$[?@.t=='x']", late, 66) == "/0");
    CHECK(chosen("$[?@.t=='x']", late, 60) == "!body_too_large");
    CHECK(chosen("$[?@.t=='x']", early, 60) == "/0");
    CHECK(chosen("$[?@.t=='x']", early, 20) == "/0");
    CHECK(chosen("$[?@.t]", "[{\"a\":\"" + filler + "\"", 60) == "!body_invalid");   // ends too early
    CHECK(chosen("$[?@.t]", "[{\"a\":\"" + filler + "\"", 30) == "!body_too_large");  // was too long before
    CHECK(chosen("$[?@.t]", "[{\"a\":\"" + filler + "\",}", 100) == "!body_invalid");
    CHECK(chosen("$[?@=='x']", "[\"" + filler + "\"]", 40) == "!body_too_large");
    CHECK(chosen("$[?@.x]", "[\"" + filler + "\"]", 40).empty());
    CHECK(chosen("$..[?@.t].v", R"({"a":[{"t":1,"v":2},{"v":3}]})", 20) == "/a/0/v");
}

TEST_CASE("many values are answered one after the other in bounded memory") {
    std::string document = "[0";
    std::size_t expected = 0;
    for (int i = 0; i < 5000; ++i) {
        document += ",{\"n\":" + std::to_string(i) + ",\"t\":" + (i % 3 == 0 ? "\"x\"" : "[1]") + ",\"v\":[{\"n\":1}]}";
        expected += i % 3 == 0 ? 1 : 0;
    }
    document += "]";
    const auto path = JsonPath::compile("$[?@.t=='x'].v[?@.n==1]").value();
    const auto all = selected(path, document, 4096, {256, 16});
    CHECK(static_cast<std::size_t>(std::count(all.begin(), all.end(), ' ')) == expected - 1);
    CHECK((selected(path, document, 1, {256, 16}) == all));
}

TEST_CASE("faults lie where they would without filters, and nothing goes on from behind them") {
    for (const auto* document : {"[{\"t\":1},]", "[{\"t\":1}", "[{\"t\":1}}", "[{\"t\":nul}]", "[{\"t\":\"\\x\"}]", "", "[{\"t\":1,\"a\":\"\xff\"}]", "[{\"a\" 1}]"}) {
        INFO(document);
        CHECK_THAT(chosen("$[?@.t==1]", document, 4096), Catch::EndsWith("!body_invalid"));
    }
}

TEST_CASE("answers below an element that a filter rejected, which nobody asks for, are forgotten") {
    const auto path = JsonPath::compile("$.a[?@.x==1].b[?@.y==2]").value();
    JsonAhead ahead({1 << 16, 16});
    ahead.add(path);
    std::size_t gone = 0;
    const JsonAhead::Onward onward = [&](std::string_view ready) { return gone += ready.size(), Status{}; };
    std::string piece;
    for (int i = 0; i < 1000; ++i) piece += "1,";
    REQUIRE(ahead.feed(R"({"a":[{"x":0,"b":[)", onward).has_value());
    for (int i = 0; i < 100; ++i) {
        REQUIRE(ahead.feed(piece, onward).has_value());
        CHECK(ahead.answers().kept() < 4096);
    }
    CHECK(gone > 100 * piece.size());
}
