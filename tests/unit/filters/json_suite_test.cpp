// What is JSON and what is not, after the categories of the JSONTestSuite; and the rewrite on long and random documents.
#include <array>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <random>

#include "filters/body/json_rewrite.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::transformed;
using bordergate::testing::World;
using namespace std::string_literals;

namespace {

struct Setup {
    std::vector<std::pair<std::string, std::string>> fields;  ///< path, class
    JsonBounds bounds;
};

std::string rewrite(World& world, std::string_view in, std::size_t size, const Setup& setup = {}) {
    JsonPaths paths;
    JsonRewriteSpec spec;
    spec.paths = &paths;
    spec.treatment = &world.treatment;
    spec.bounds = setup.bounds;
    paths.model = JsonPath::compile("$.model").value();
    for (const auto& [path, data] : setup.fields) paths.selectors.push_back({JsonPath::compile(path).value(), ClassSet{*world.classes.find(data)}});
    return transformed(*make_json_rewrite(std::move(spec)), in, size);
}

std::string rewrite(std::string_view in, const Setup& setup = {}) {
    World world;
    const auto whole = rewrite(world, in, in.size() + 1, setup);
    CHECK(rewrite(world, in, 1, setup) == whole);
    return whole;
}

/// A random document, in which strings, keys and numbers hold something to find.
std::string document(std::mt19937& random, int depth) {
    static constexpr std::array<std::string_view, 8> scalars{"null", "true", "-0.5e+7", "4111111111111111", "\"\"", R"("a\u0040b.de")", R"("x \ud83d\ude00 a@b.de \"q\"")", R"("{\"m\":[\"c@d.fr\"]}")"};
    static constexpr std::array<std::string_view, 5> keys{R"("a")", R"("b c")", R"("e@f.it")", R"("\u00e4")", R"("patient")"};
    const auto pick = random() % (depth == 0 ? 8 : 12);
    if (pick < 8) return std::string(scalars[pick]);
    const bool array = pick < 10;
    std::string text = array ? "[" : "{";
    const auto count = random() % 5;
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) text += i % 2 == 0 ? " , " : ",";
        if (!array) (text += keys[i]) += ": ";
        text += document(random, depth - 1);
    }
    return text += array ? ']' : '}';
}

}  // namespace

TEST_CASE("JSON is accepted, and what holds nothing leaves as it came") {
    const auto deep = std::string(100, '[') + std::string(100, ']');
    const std::vector<std::string> good{
        "[[]   ]", "[\"\"]", "[]", "[\"a\"]", "[false]", "[null, 1, \"1\", {}]", "[null]", "[1\n]", " [1]", "[1,null,null,null,2]", "[2] ",
        "[123e65]", "[0e+1]", "[0e1]", "[ 4]", "[-0]", "[-123]", "[-1]", "[1E22]", "[1E-2]", "[1E+2]", "[123e45]", "[123.456e78]", "[1e-2]", "[1e+2]", "[123]", "[123.456789]",
        "[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]",
        R"({"asd":"sdf", "dfg":"fgh"})", R"({"asd":"sdf"})", R"({"a":"b","a":"c"})", R"({"a":"b","a":"b"})", "{}", R"({"":0})", R"({"foo\u0000bar": 42})", R"({"a":[]})",
        R"({"title":"\u041f\u043e\u043b"})", "{\n\"a\": \"b\"\n}", R"(["\u0060\u012a\u12AB"])", R"(["\uD801\udc37"])", R"(["\"\\\/\b\f\n\r\t"])", R"(["\\u0000"])", R"(["\""])",
        "[\"a/*b*/c/*d//e\"]", R"(["\\a"])", R"(["\\n"])", R"(["\u0012"])", R"(["\uFFFF"])", "[\"\xf4\x8f\xbf\xbf\"]", "[\"\xef\xbf\xbf\"]", "[\"\x7f\"]", R"(["\uDBFF\uDFFF"])",
        "[\"\xe2\x80\xa8\"]", R"("\u0022")", "\"\"", "42", "-0.1", "null", "false", "\"asd\"", "[true]", "[\"a\"]\n", "\t[]\r\n", deep,
        R"(["\uD800"])", R"(["\uDC00\uD800"])", R"(["\ud800\u0041"])", "[0.4e00669999999999999999999999999999999999999999]",
    };
    for (const auto& text : good) {
        INFO(text);
        CHECK(rewrite(text) == text);
    }
}

TEST_CASE("what is not JSON is refused") {
    const std::vector<std::string> bad{
        "", " ", "\n\t", "[1 true]", "[a\xe5]", "[\"\": 1]", "[\"\"],", "[,1]", "[1,,2]", "[\"x\",,]", "[\"x\"]]", "[\"\",]", "[\"x\"", "[x", "[3[4]]", "[\xff]", "[1:2]", "[,", "[-]",
        "[   , \"\"]", "[\"a\",\n4\n,1,", "[1,]", "[*]", "[1,\n1\n,1", "[{}", "[fals]", "[nul]", "[tru]", "[True]", "[TRUE]", "[++1234]", "[+1]", "[+Inf]", "[-01]", "[-1.0.]", "[-2.]", "[-NaN]",
        "[.-1]", "[.2e-3]", "[0.1.2]", "[0.3e+]", "[0.3e]", "[0.e1]", "[0E+]", "[0E]", "[0e]", "[1.0e+]", "[1.0e-]", "[1.0e]", "[1 000.0]", "[1eE2]", "[2.e+3]", "[2.e3]", "[9.e+]", "[Inf]", "[NaN]",
        "[\xef\xbc\x91]", "[1+2]", "[0x1]", "[0x42]", "[Infinity]", "[0e+-1]", "[-123.123foo]", "[-Infinity]", "[-foo]", "[- 1]", "[-012]", "[-.123]", "[-1x]", "[1ea]", "[1e\xe5]", "[1.]", "[.123]",
        "[1.2a-3]", "[1.8011670033376514H-308]", "[012]", "[\"x\", truth]", "{[: \"x\"}", "{\"x\", null}", "{\"x\"::\"b\"}", "{\xf0\x9f\x87\xa8}", "{\"a\":\"a\" 123}", "{key: 'value'}", "{\"\xb9\":\"0\",}",
        "{\"a\" b}", "{:\"b\"}", "{\"a\" \"b\"}", "{\"a\":", "{\"a\"", "{1:1}", "{9999E9999:1}", "{null:null,null:null}", "{\"id\":0,,,,,}", "{'a':0}", "{\"id\":0,}", "{\"a\":\"b\"}/**/", "{\"a\":\"b\"}#",
        "{\"a\":\"b\",,\"c\":\"d\"}", "{a: \"b\"}", "{\"a\":\"a", "{ \"foo\" : \"bar\", \"a\" }", "{\"a\":\"b\"}#{}", R"(["\uD800\"])", R"(["\uD800\u"])", R"(["\uD800\u1"])", R"(["\uD800\u1x"])", "[\xc3\xa9]",
        R"(["\x00"])", R"(["\\\"])", "[\"\\\t\"]", "[\"\\\xf0\x9f\x8c\x80\"]", R"(["\"])", R"(["\u00A"])", R"(["\uD834\uDd"])", R"(["\a"])", R"(["\uqqqq"])", "[\"\\\xe5\"]", R"([\u0020"asd"])", R"([\n])",
        "\"", "['single quote']", "abc", "[\"\\", "[\"a\0a\"]"s, "[\"new\nline\"]", "[\"\t\"]", R"("\UA66D")", "\"\"x", "<.>", "[<null>]", "[1]x", "[1]]", "[][]", "]", "}", "{\"x\": true,", "{}}", "{\"\":",
        "{\"a\":/*comment*/\"b\"}", "{\"a\": true} \"x\"", "['", "[,", "[{", "[\"a", "{", "{,", "{[", "{\"a", "{'", "[\"\\{[\"\\{", "*", "[1", "\xef\xbb\xbf[]", "[\xe2\x81\xa0]", "[\x0c]", "[\xc2\xa0]", "\xe2\x81\xa0",
        "[\"\xff\"]", "[\"\xc0\xaf\"]", "[\"\xe0\x80\x80\"]", "[\"\xed\xa0\x80\"]", "[\"\xf4\xbf\xbf\xbf\"]", "[\"\x81\"]", "[\"\xe6\x97\"]", "[\"\xfc\x83\xbf\xbf\xbf\xbf\"]", "{\"\xff\":1}", "[\0]"s, "[]\0"s, "nulll", "truefalse",
        "1 2", "\"a\" \"b\"", "01", "-", "tru", "[1}", "{\"a\":1]",
    };
    for (const auto& text : bad) {
        INFO(text);
        CHECK(rewrite(text) == "!body_invalid");
    }
    for (auto nested : {"[", "{\"a\":"}) {
        std::string text;
        for (int i = 0; i < 100000; ++i) text += nested;
        CHECK(rewrite(text) == "!body_invalid");
    }
}

TEST_CASE("what RFC 8259 leaves to the reader") {
    // Numbers of any size and precision, and halves of surrogates that are escaped, stay as they are.
    for (auto text : {"[123.456e-789]", "[1.5e+9999]", "[-1e+9999]", "[123123e100000]", "[0.4e00669999999999999999999999999999999999999999999999]", "[-123123123123123123123123123123]",
                      "[100000000000000000000]", "[-237462374673276894279832749832423479823246327846]", R"({"\uDFAA":0})", R"(["\uDADA"])", R"(["\uD888\u1234"])", R"(["\uD800\n"])",
                      R"(["\uDd1ea"])", R"(["\uD800\uD800\n"])", R"(["\ud800abc"])", R"(["\uDd1e\uD834"])", R"(["\uDFAA"])"}) {
        INFO(text);
        CHECK(rewrite(text) == text);
    }
    // No other encoding than UTF-8, none that is broken, no byte order mark.
    for (const auto& text : {"\xff\xfe[\0\"\0\xe9\0\"\0]\0"s, "[\0\"\0\xe9\0\"\0]\0"s, "\0[\0\"\0\xe9\0\"\0]"s, "[\"\xe6\x97\xa5\xd1\x88\xfa\"]"s, "[\"\xe9\"]"s, "\xef\xbb\xbf{}"s,
                             "[\"\xfc\x80\x80\x80\x80\x80\"]"s, "[\"\xe0\xff\"]"s}) {
        INFO(text);
        CHECK(rewrite(text) == "!body_invalid");
    }
}

TEST_CASE("each bound of a document holds to the byte") {
    const auto nested = [](std::size_t depth, std::string_view open, std::string_view close) {
        std::string text;
        for (std::size_t i = 0; i < depth; ++i) text += open;
        text += "1";
        for (std::size_t i = 0; i < depth; ++i) text += close;
        return text;
    };
    const Setup small{{}, {4096, 16}};
    CHECK(rewrite(nested(16, "[", "]"), small) == nested(16, "[", "]"));
    CHECK(rewrite(nested(17, "[", "]"), small) == "!body_invalid");
    CHECK(rewrite(nested(16, "{\"a\":", "}"), small) == nested(16, "{\"a\":", "}"));
    CHECK(rewrite(nested(17, "{\"a\":", "}"), small) == "!body_invalid");
    CHECK(rewrite(nested(500, "[", "]"), {{}, {4096, 500}}) == nested(500, "[", "]"));
    const auto key = [](std::size_t size) { return "{\"" + std::string(size, 'k') + "\":1}"; };
    CHECK(rewrite(key(4095), small) == key(4095));
    CHECK(rewrite(key(4096), small) == "!body_too_large");
    const auto number = [](std::size_t size) { return "[0." + std::string(size - 2, '1') + "]"; };
    CHECK(rewrite(number(4096), small) == number(4096));
    CHECK(rewrite(number(4097), small) == "!body_too_large");
}

TEST_CASE("of more keys than can be told apart none may hold a class") {
    std::string keys = "{";
    for (std::size_t i = 0; i < 65536; ++i) keys += "\"" + std::to_string(i) + "\":1,";
    World world;
    CHECK((rewrite(world, keys + "\"x\":1}", 65536) == keys + "\"x\":1}"));
    CHECK((rewrite(world, keys + "\"x\":\"a@b.de\"}", 65536) == "!body_invalid"));
    keys.erase(keys.size() - 10);
    keys.erase(keys.rfind(',') + 1);
    CHECK((rewrite(world, keys + "\"x\":\"a@b.de\"}", 65536) == keys + "\"x\":\"<EMAIL_ADDRESS>\"}"));
}

TEST_CASE("the fault names the byte") {
    World world;
    JsonRewriteSpec spec;
    spec.treatment = &world.treatment;
    const auto transform = make_json_rewrite(std::move(spec));
    std::string out;
    REQUIRE(transform->feed("{\"a\":", out).has_value());
    const Status fed = transform->feed("1,}", out);
    REQUIRE(fed.has_error());
    CHECK_THAT(fed.error().detail, Catch::Contains("byte 7"));
}

TEST_CASE("a declared container answers for all that it holds") {
    const Setup patient{{{"$.patient", "health"}, {"$..owed", "account"}}, {}};
    CHECK(rewrite(R"({"patient":{"name":"x"}})", patient) == R"({"patient":"{health}"})");
    CHECK(rewrite(R"({"patient":{"owed":7}})", patient) == "!no_permit");
    CHECK(rewrite(R"({"patient":["DE89370400440532013000"]})", patient) == "!no_permit");
    CHECK(rewrite(R"({"patient":["DE8937040044053201300\u0030"]})", patient) == "!no_permit");
    CHECK(rewrite(R"({"patient":{"DE89370400440532013000":1}})", patient) == "!no_permit");
    const Setup clear{{{"$.patient", "personal"}}, {}};
    CHECK(rewrite(R"({"patient":{"mail":"a@b.de","n":[1]}})", clear) == R"({"patient":{"mail":"<EMAIL_ADDRESS>","n":[1]}})");
}

TEST_CASE("a declared container longer than hold_back is refused, one in clear is not") {
    const std::string body = "{\"p\":[\"" + std::string(3000, 'x') + "\",\"" + std::string(3000, 'y') + "\"]}";
    CHECK(rewrite(body, {{{"$.p", "health"}}, {4096, 16}}) == "!body_too_large");
    CHECK(rewrite(body, {{{"$.p", "personal"}}, {4096, 16}}) == body);
    CHECK(rewrite("[" + std::string(5000, '1') + "]", {{}, {4096, 16}}) == "!body_too_large");
    CHECK(rewrite("{\"" + std::string(5000, 'k') + "\":1}", {{}, {4096, 16}}) == "!body_too_large");
}

TEST_CASE("places in the record show names of fields, never names that could be values") {
    World world;
    rewrite(world, R"({"who":[{"a@b.de":"c@d.fr"},{"mail":"{\"to\":\"e@f.it\"}"}]})", 9);
    CHECK(world.findings.pointers.front().find('@') == std::string::npos);
    CHECK(world.findings.pointers.back() == "/who/1/mail/to");
    CHECK(world.findings.values == 3);
}

TEST_CASE("the model is the one that the body names, and it names one") {
    World world;
    rewrite(world, R"({"x":{"model":"no"},"mod\u0065l":"gpt\u002d4"})", 3);
    CHECK(world.findings.model == "gpt-4");
    CHECK(rewrite(R"({"model":"a","model":"b"})") == "!body_invalid");
}

TEST_CASE("a long string is treated as the same text in pieces is") {
    static constexpr std::array<std::string_view, 9> pieces{"a@b.de", " ", R"(\u0061\u0040\u0062.de)", R"(\ud83d\ude00)", "\xc3\xa4", R"(\n)", "lorem ipsum ", "4111 1111 1111 1111 ", R"(\\)"};
    std::mt19937 random(7);
    for (int round = 0; round < 10; ++round) {
        std::string body = "[\"";
        while (body.size() < 30000) body += pieces[random() % pieces.size()];
        body += "\"]";
        World world;
        world.cell("card").form = Form::mask;
        const auto whole = rewrite(world, body, body.size(), {{}, {1 << 20, 16}});
        const auto values = world.findings.values;
        for (std::size_t hold_back : {4096, 5001, 16384}) {
            world.findings = {};
            CHECK((rewrite(world, body, 977, {{}, {hold_back, 16}}) == whole));
            CHECK(world.findings.values == values);
        }
    }
}

TEST_CASE("random documents: the same at every split, still JSON, and nothing left to find") {
    std::mt19937 random(42);
    World world;
    world.cell("card").form = Form::mask;
    const Setup setup{{{"$..patient", "health"}}, {4096, 16}};
    for (int round = 0; round < 300; ++round) {
        const auto body = document(random, 4);
        INFO(body);
        world.findings = {};
        const auto whole = rewrite(world, body, body.size(), setup);
        REQUIRE_FALSE(whole.starts_with('!'));
        CHECK_NOTHROW(boost::json::parse(whole));
        CHECK(whole.find("@") == std::string::npos);
        CHECK(whole.find("u0040") == std::string::npos);
        CHECK(rewrite(world, body, 1, setup) == whole);
        CHECK(rewrite(world, body, 1 + random() % 30, setup) == whole);
        CHECK(rewrite(world, whole, 11, {{}, {4096, 16}}) == whole);
        world.treatment.observe = true;
        CHECK(rewrite(world, body, 5, setup) == body);
        world.treatment.observe = false;
    }
}
