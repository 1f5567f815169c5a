#include "filters/body/json_rewrite.hpp"

#include <catch2/catch.hpp>

#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::transformed;
using bordergate::testing::World;

namespace {

/// Opens `eyJ<value>` to the value, as JSON, and `eyJt<text>` to the text.
class PlainUnsealer final : public Unsealer {
  public:
    Result<bool> open(std::string_view token, std::string& out, std::string& content_type) override {
        const bool text = token.starts_with("eyJt");
        out.append(token.substr(text ? 4 : 3));
        content_type = text ? "" : sealed_json;
        return !out.empty();
    }
};

struct Setup {
    std::vector<std::pair<std::string, std::string>> fields;  ///< path, class
    std::size_t hold_back = 64 * 1024;
    bool observe = false;
    bool unseals = false;
};

/// The rewrite of `in`, checked to be the same at every split: at each single position, and byte by byte.
std::string rewrite(std::string_view in, const Setup& setup = {}, Findings* findings = nullptr) {
    const auto once = [&](std::size_t size, std::size_t first) {
        World world;
        PlainUnsealer unsealer;
        if (setup.unseals) world.treatment.unsealer = &unsealer;
        world.treatment.observe = setup.observe;
        JsonPaths paths;
        JsonRewriteSpec spec;
        spec.paths = &paths;
        spec.treatment = &world.treatment;
        spec.bounds.hold_back = setup.hold_back;
        paths.model = JsonPath::compile("$.model").value();
        for (const auto& [path, data] : setup.fields) paths.selectors.push_back({JsonPath::compile(path).value(), ClassSet{*world.classes.find(data)}});
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

TEST_CASE("a repeated key is one however it is spelt") {
    CHECK(rewrite(R"({"pq":1,"\u0070q":2,"p\u0071":3})") == R"({"pq":1,"\u0070q":2,"p\u0071":3})");  // nothing has a class
    CHECK(rewrite(R"({"pq":1,"\u0070q":2})", {{{"$.pq", "health"}}}) == "!body_invalid");
    CHECK(rewrite(R"({"\u0070q":null,"pq":2})", {{{"$.pq", "health"}}}) == "!body_invalid");
    CHECK(rewrite(R"({"/":1,"\/":"a@b.de"})") == "!body_invalid");
    CHECK(rewrite(R"({"\u00e4":"a@b.de","\u00E4":1})") == "!body_invalid");
    CHECK(rewrite("{\"\\u00e4\":1,\"\xc3\xa4\":\"a@b.de\"}") == "!body_invalid");
    CHECK(rewrite("{\"\\ud83d\\ude00\":\"a@b.de\",\"\xf0\x9f\x98\x80\":1}") == "!body_invalid");
    // Halves of surrogates are not told apart: rather one refused too many.
    CHECK(rewrite(R"({"\ud800":1,"\udc00":"a@b.de"})") == "!body_invalid");
    // Around a value with a class, at any level; not beside it.
    CHECK(rewrite(R"({"x":{"p":"a@b.de"},"x":1})") == "!body_invalid");
    CHECK(rewrite(R"({"x":[{"p":1}],"x":[[{"p":"a@b.de"}]]})") == "!body_invalid");
    CHECK(rewrite(R"({"x":1,"x":2,"y":"a@b.de"})") == R"({"x":1,"x":2,"y":"<EMAIL_ADDRESS>"})");
    CHECK(rewrite(R"([{"p":"a@b.de"},{"p":1}])") == R"([{"p":"<EMAIL_ADDRESS>"},{"p":1}])");
    CHECK(rewrite(R"({"a@b.de":1,"a@b.de":2})") == "!body_invalid");
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
    CHECK(rewrite("{\"n\":4111111111111111}") == "{\"n\":4111111111111111}");  // card is clear in this world
    World world;
    world.cell("card").form = Form::mask;
    JsonRewriteSpec spec;
    spec.treatment = &world.treatment;
    const auto transform = make_json_rewrite(std::move(spec));
    CHECK(transformed(*transform, "{\"n\":4111111111111111}", 3) == "{\"n\":\"<CREDIT_CARD>\"}");
}

TEST_CASE("a declared container answers for all that is declared or found in it") {
    const Setup nested{{{"$.patient", "contact"}, {"$.patient.diagnosis", "health"}}};
    // contact is masked, health sealed: the lower form wins for the whole.
    CHECK(rewrite(R"({"patient":{"name":"x"}})", nested) == R"({"patient":"<contact>"})");
    CHECK(rewrite(R"({"patient":{"name":"x","diagnosis":"y"}})", nested) == R"({"patient":"{contact,health}"})");
    // An IBAN is refused in this world, however it is spelt.
    CHECK(rewrite(R"({"patient":{"pay":"DE8937\u0030400440532013000"}})", nested) == "!no_permit");
    CHECK(rewrite(R"({"patient":{"DE89370400440532013000":1}})", nested) == "!no_permit");
}

TEST_CASE("a declared container longer than hold_back is refused") {
    const Setup small{{{"$.p", "health"}}, 64};
    CHECK(rewrite(R"({"p":[1,2,3]})", small) == R"({"p":"{health}"})");
    CHECK(rewrite(R"({"p":[)" + std::string(100, ' ') + "1]}", small) == "!body_too_large");
    CHECK(rewrite(R"({"p":["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]})", small) == "!body_too_large");
}

TEST_CASE("the model must be named once") {
    CHECK(rewrite(R"({"model":"a","n":1,"model":"b"})") == "!body_invalid");
    CHECK(rewrite(R"({"x":{"model":"a","model":"b"}})") == R"({"x":{"model":"a","model":"b"}})");
}

TEST_CASE("a record's pointers show names, not values that serve as keys") {
    Findings findings;
    rewrite(R"({"users":{"anna@example.org":{"mail":"a@b.de"},"12345678":["c@d.fr"]}})", {}, &findings);
    CHECK(findings.pointers == std::vector<std::string>{"/users/*", "/users/*/mail", "/users/*/0"});
    Findings inner;
    rewrite(R"({"arguments":"{\"to\":[\"a@b.de\"]}"})", {}, &inner);
    CHECK(inner.pointers == std::vector<std::string>{"/arguments/to/0"});
}

TEST_CASE("observing sees the class of a declared string that is too long to treat") {
    Setup setup{{{"$.p", "health"}}, 4096, true};
    Findings findings;
    const std::string body = "{\"p\":\"" + std::string(10000, 'x') + "\"}";
    CHECK(rewrite(body, setup, &findings) == body);
    World world;
    CHECK(findings.classes.has(*world.classes.find("health")));
}

TEST_CASE("what looks like JSON in a string but is not is treated as text") {
    CHECK(rewrite(R"(["{\"a\":\"\\q a@b.de\"}"])") == R"(["{\"a\":\"\\q <EMAIL_ADDRESS>\"}"])");
    CHECK(rewrite(R"(["[a@b.de]"])") == R"(["[<EMAIL_ADDRESS>]"])");
    CHECK(rewrite(R"(["{\"a\":1,\"a\":\"a@b.de\"}"])") == "!body_invalid");
}

TEST_CASE("faults let out what precedes them, at every split") {
    for (auto body : {R"(["a@b.de", 1, x])", R"(["a","DE89370400440532013000"])", "[\"ok\", \"\xff\"]", "[12,013]", "[1,{\"a\":\"\\x\"}]"}) {
        INFO(body);
        std::string whole;
        for (std::size_t size : {100, 1, 2, 3}) {
            World world;
            JsonRewriteSpec spec;
            spec.treatment = &world.treatment;
            const auto transform = make_json_rewrite(std::move(spec));
            std::string out;
            for (std::string_view rest = body; !rest.empty(); rest.remove_prefix(std::min(size, rest.size())))
                if (transform->feed(rest.substr(0, size), out).has_error()) break;
            if (size == 100) whole = out;
            CHECK(out == whole);
        }
        CHECK(!whole.empty());
    }
}

TEST_CASE("JSON in strings that is too deep or too long to decode is opaque, not text") {
    std::string deep = R"({"a":"x\u0040"})";
    for (int i = 0; i < 5; ++i) {
        std::string escaped = "[\"";
        for (char c : deep) (c == '"' || c == '\\' ? escaped += '\\' : escaped) += c;
        deep = escaped + "\"]";
        if (i == 2) CHECK(rewrite(deep) == deep);
    }
    CHECK(rewrite(deep) == "!opaque_refused");
    const Setup small{{}, 4096};
    const std::string blanks(5000, ' ');
    CHECK(rewrite("[\"{\\\"a\\\":" + blanks + "\\\"a\\\\u0040b.de\\\"}\"]", small) == "!opaque_refused");
    CHECK(rewrite("[\"[Note] " + blanks + "a@b.de\"]", small) == "[\"[Note] " + blanks + "<EMAIL_ADDRESS>\"]");
}

TEST_CASE("a run of base64 longer than a window is opaque; what follows it is text again") {
    const std::string run(10000, 'Q');
    const Setup small{{}, 4096};
    CHECK(rewrite("[\"" + run + "\"]", small) == "!opaque_refused");
    World world;
    world.cell("opaque").form = Form::clear;
    JsonRewriteSpec spec;
    spec.treatment = &world.treatment;
    spec.bounds.hold_back = 4096;
    const auto transform = make_json_rewrite(std::move(spec));
    CHECK(transformed(*transform, "[\"hello " + run + " a@b.de\"]", 100) == "[\"hello " + run + " <EMAIL_ADDRESS>\"]");
}

TEST_CASE("a declared string that may go in clear is still looked into") {
    World world;
    world.cell("health").form = Form::clear;
    JsonPaths paths;
    JsonRewriteSpec spec;
    spec.paths = &paths;
    spec.treatment = &world.treatment;
    paths.selectors.push_back({JsonPath::compile("$.note").value(), ClassSet{*world.classes.find("health")}});
    const auto transform = make_json_rewrite(std::move(spec));
    CHECK(transformed(*transform, R"({"note":"{\"to\":\"a\\u0040b.de\"}"})", 5) == R"({"note":"{\"to\":\"<EMAIL_ADDRESS>\"}"})");
    CHECK(world.findings.classes.has(*world.classes.find("health")));
}

TEST_CASE("a card written with an exponent is a card") {
    for (auto number : {"4111111111111111e0", "4.111111111111111e15", "4111111111111111.0"}) {
        World world;
        world.cell("card").form = Form::mask;
        JsonRewriteSpec spec;
        spec.treatment = &world.treatment;
        const auto transform = make_json_rewrite(std::move(spec));
        CHECK(transformed(*transform, "{\"n\":" + std::string(number) + "}", 3) == "{\"n\":\"<card>\"}");
    }
}

TEST_CASE("a model's name that is too long to read is refused") {
    CHECK(rewrite("{\"model\":\"" + std::string(5000, 'm') + "\"}", {{}, 4096}) == "!body_too_large");
}

TEST_CASE("labels in tool arguments that are an object stay, unless the rule says so") {
    World world;
    const std::array<std::uint8_t, 32> bytes{1};
    const LabelKey key(bytes);
    Labels labels(key);
    const std::string label(labels.issue("EMAIL_ADDRESS", "a@b.de").value());
    const auto restored = [&](bool in_arguments) {
        JsonPaths paths;
        JsonRewriteSpec spec;
        spec.paths = &paths;
        spec.treatment = &world.treatment;
        spec.labels = &labels;
        spec.restore_in_tool_arguments = in_arguments;
        paths.tool_arguments.push_back(JsonPath::compile("$.input").value());
        for (auto id : {"contact"}) world.cell(id).form = Form::clear;
        const auto transform = make_json_rewrite(std::move(spec));
        return transformed(*transform, R"({"input":{"to":[")" + label + R"("]},"text":")" + label + "\"}", 9);
    };
    CHECK(restored(false) == R"({"input":{"to":[")" + label + R"("]},"text":"a@b.de"})");
    CHECK(restored(true) == R"({"input":{"to":["a@b.de"]},"text":"a@b.de"})");
}

TEST_CASE("sealed values in tool arguments stay sealed, unless the rule says so") {
    class Opens final : public Unsealer {
        Result<bool> open(std::string_view, std::string& out, std::string&) override { return out.append("opened"), true; }
    } opens;
    World world;
    world.treatment.unsealer = &opens;
    JsonPaths paths;
    paths.tool_arguments.push_back(JsonPath::compile("$..arguments").value());
    const auto run = [&](bool in_arguments) {
        JsonRewriteSpec spec;
        spec.treatment = &world.treatment;
        spec.paths = &paths;
        spec.restore_in_tool_arguments = in_arguments;
        return transformed(*make_json_rewrite(std::move(spec)), R"({"text":"eyJ","arguments":"{\"q\":\"eyJ\"}","f":{"arguments":{"q":"eyJ"}}})", 7);
    };
    CHECK(run(false) == R"({"text":"opened","arguments":"{\"q\":\"eyJ\"}","f":{"arguments":{"q":"eyJ"}}})");
    CHECK(run(true) == R"({"text":"opened","arguments":"{\"q\":\"opened\"}","f":{"arguments":{"q":"opened"}}})");
}

TEST_CASE("a sealed value comes home as the JSON value that it was, at every split") {
    Setup setup;
    setup.unseals = true;
    const auto opened = [&](std::string_view in) { return rewrite(in, setup); };
    CHECK(opened(R"({"a": "eyJ7" ,"b":["eyJ-1.5e3","eyJfalse","x",""],"c":"eyJnull"})") == R"({"a": 7 ,"b":[-1.5e3,false,"x",""],"c":null})");
    CHECK(opened(R"(["eyJ{\"k\":[1,{}]}","eyJt7","eyJt{}"])") == R"([{"k":[1,{}]},"7","{}"])");
    CHECK(opened(R"("eyJ7")") == "7");
    CHECK(opened(R"( "eyJ\"x\"" )") == R"( "x" )");
    CHECK(opened(R"({"eyJ7":"eyJ7"})") == R"({"eyJ7":7})");
    // What is not the value it says is a text; what does not open stays.
    CHECK(opened(R"(["eyJ7,8","eyJ","eyJ[","eyJ1 2"])") == R"(["7,8","eyJ","[","1 2"])");
    // Inside JSON in a string it is a value of that JSON.
    CHECK(opened(R"(["{\"n\":\"eyJ7\"}"])") == R"(["{\"n\":7}"])");
    CHECK(opened(R"(["a@b.de","a\u0040b.de"])") == R"(["<EMAIL_ADDRESS>","<EMAIL_ADDRESS>"])");
    CHECK(opened(R"(["eyJ7", "unfinished)") == "!body_invalid");
    setup.hold_back = 16;
    CHECK(opened(R"(["eyJ7","one two three four five six seven eight","eyJ8"])") == R"([7,"one two three four five six seven eight",8])");
}
