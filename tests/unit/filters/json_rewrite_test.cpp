#include "filters/body/json_rewrite.hpp"

#include <catch2/catch.hpp>

#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::transformed;
using bordergate::testing::World;

namespace {

struct Setup {
    std::vector<std::pair<std::string, std::string>> fields;  ///< path, class
    std::size_t hold_back = 64 * 1024;
    bool observe = false;
};

/// The rewrite of `in`, checked to be the same at every split: at each single position, and byte by byte.
std::string rewrite(std::string_view in, const Setup& setup = {}, Findings* findings = nullptr) {
    const auto once = [&](std::size_t size, std::size_t first) {
        World world;
        world.treatment.observe = setup.observe;
        JsonRewriteSpec spec;
        spec.treatment = &world.treatment;
        spec.bounds.hold_back = setup.hold_back;
        spec.model = JsonPath::compile("$.model").value();
        for (const auto& [path, data] : setup.fields) spec.selectors.push_back({JsonPath::compile(path).value(), ClassSet{*world.classes.find(data)}});
        const auto transform = make_json_rewrite(std::move(spec));
        std::string out, rest;
        if (first > 0) {
            const Status fed = transform->feed(in.substr(0, first), out);
            if (fed.has_error()) return "!" + std::string(info(fed.error().code).name);
        }
        rest = transformed(*transform, in.substr(first), size);
        if (findings) *findings = world.findings;
        return rest.starts_with('!') ? rest : out + rest;
    };
    const auto whole = once(in.size() + 1, 0);
    if (in.size() < 4096)
        for (std::size_t split = 1; split < in.size(); ++split) {
            INFO("split at " << split);
            CHECK(once(in.size(), split) == whole);
        }
    CHECK(once(1, 0) == whole);
    CHECK(once(7, 0) == whole);
    return whole;
}

}  // namespace

TEST_CASE("text is treated wherever it stands, and other bytes stay as they came") {
    CHECK(rewrite(R"({"a": "mail a@b.de now" ,"b":[1.50e3, true,null]} )") == R"({"a": "mail <EMAIL_ADDRESS> now" ,"b":[1.50e3, true,null]} )");
    CHECK(rewrite(R"(["a@b.de","\u00e4\/ a@b.de \"x\""])") == R"(["<EMAIL_ADDRESS>","\u00e4\/ <EMAIL_ADDRESS> \"x\""])");
    CHECK(rewrite(R"({"a@b.de":1})") == R"({"<EMAIL_ADDRESS>":1})");
    CHECK(rewrite(R"("a\u0040b.de")") == R"("<EMAIL_ADDRESS>")");
    CHECK(rewrite("\n[\t]\r\n") == "\n[\t]\r\n");
}

TEST_CASE("JSON inside a string is treated as JSON, and stays valid inside its string") {
    CHECK(rewrite(R"({"arguments":"{\"to\":\"a@b.de\",\"n\":[1]}"})") == R"({"arguments":"{\"to\":\"<EMAIL_ADDRESS>\",\"n\":[1]}"})");
    CHECK(rewrite(R"(["{\"x\":\"a\\u0040b.de\"}"])") == R"(["{\"x\":\"<EMAIL_ADDRESS>\"}"])");
    CHECK(rewrite(R"(["{\"x\": \u0031}"])") == R"(["{\"x\": \u0031}"])");
    CHECK(rewrite(R"(["[1, a@b.de"])") == R"(["[1, <EMAIL_ADDRESS>"])");
}

TEST_CASE("declared fields are treated whole, whatever stands in them") {
    const Setup health{{{"$.patient", "health"}, {"$..secret", "health"}}};
    CHECK(rewrite(R"({"patient":"P-1"})", health) == R"({"patient":"{health}"})");
    CHECK(rewrite(R"({"patient": 4711 })", health) == R"({"patient": "{health}" })");
    CHECK(rewrite(R"({"patient":{"id":"x","n":[1,2]},"z":1})", health) == R"({"patient":"{health}","z":1})");
    CHECK(rewrite(R"({"a":[{"secret":true}]})", health) == R"({"a":[{"secret":"{health}"}]})");
    CHECK(rewrite(R"({"patient":null})", health) == R"({"patient":null})");
}

TEST_CASE("a refused class refuses the message; observing refuses nothing and changes nothing") {
    const std::string_view body = R"({"model":"m1","a":"DE89370400440532013000","b":"a@b.de"})";
    CHECK(rewrite(body) == "!no_permit");
    Setup observe;
    observe.observe = true;
    Findings findings;
    CHECK(rewrite(body, observe, &findings) == body);
    CHECK(findings.model == "m1");
    CHECK(findings.entities.at("IBAN_CODE") == 1);
    CHECK(findings.entities.at("EMAIL_ADDRESS") == 1);
    CHECK(findings.pointers == std::vector<std::string>{"/a", "/b"});
    CHECK(rewrite(R"({"img":"x"})", {{{"$.img", "opaque"}}}) == "!opaque_refused");
}

TEST_CASE("nothing found is plain") {
    Findings findings;
    rewrite(R"({"a":"b"})", {}, &findings);
    CHECK(findings.classes == ClassSet{ClassTree::plain});
}

TEST_CASE("a repeated key is refused where it matters") {
    CHECK(rewrite(R"({"a":1,"a":2})") == R"({"a":1,"a":2})");
    CHECK(rewrite(R"({"a":"a@b.de","a":2})") == "!body_invalid");
    CHECK(rewrite(R"({"a":1,"a":{"x":"a@b.de"}})") == "!body_invalid");
    CHECK(rewrite(R"({"p":1,"p":2})", {{{"$.p", "health"}}}) == "!body_invalid");
}

TEST_CASE("RFC 8259 and nothing else") {
    for (auto good : {"{}", "[]", "0", "-0.0e-1", "1E+2", "true", "\"\"", R"(["\u0000","\ud83d\ude00","\ud800"])", " [1 , 2] "}) {
        INFO(good);
        CHECK(rewrite(good) == good);
    }
    for (auto bad : {"", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "01", "1.", ".5", "+1", "1e", "nul", "NaN", "'a'", "\"\\x\"", "\"\\u12g4\"", "\"\t\"",
                     "[1] x", "[1][2]", "{\"a\" 1}", "\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\xef\xbb\xbf{}", "\"a", "[\"\\u123\"]"}) {
        INFO(bad);
        CHECK(rewrite(bad) == "!body_invalid");
    }
    CHECK(rewrite(std::string(200, '[')) == "!body_invalid");
}

TEST_CASE("long strings pass through windows; long declared values are refused") {
    std::string filler;
    while (filler.size() < 9000) filler += "lorem ipsum dolor \\u00e4 ";
    const std::string body = "[\"" + filler + "a@b.de " + filler + "\",\"c@d.fr\"]";
    const std::string expected = "[\"" + filler + "<EMAIL_ADDRESS> " + filler + "\",\"<EMAIL_ADDRESS>\"]";
    for (std::size_t hold_back : {4096, 5000, 8191}) {
        Setup setup;
        setup.hold_back = hold_back;
        CHECK(rewrite(body, setup) == expected);
    }
    Setup small{{{"$.p", "health"}}, 4096};
    CHECK(rewrite("{\"p\":\"" + filler + "\"}", small) == "!body_too_large");
}

TEST_CASE("numbers that are something are treated too") {
    CHECK(rewrite("[4111111111111111]") == "[4111111111111111]");  // card is clear in this world
    World world;
    world.cell("card").form = Form::mask;
    JsonRewriteSpec spec;
    spec.treatment = &world.treatment;
    const auto transform = make_json_rewrite(std::move(spec));
    CHECK(transformed(*transform, "[4111111111111111]", 3) == "[\"<CREDIT_CARD>\"]");
}
