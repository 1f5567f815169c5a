// No input costs more than its length: eight times as much of it takes about eight times as many steps, for every family of
// inputs that looks to some reader like the beginning of something, again and again.
#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "filters/body/body_filter.hpp"
#include "filters/detect/deep_scan.hpp"
#include "filters/mask/labels.hpp"
#include "tests/support/world.hpp"
#include "tests/unit/cost/counted_steps.hpp"

using namespace bordergate;
using namespace bordergate::testing;

namespace {

/// An input, and how many times as long another is. What sees a window of its input at a time needs some of them, of which the
/// first has none before it.
struct Sizes {
    std::size_t few = 4 * 1024, times = 8;
};
constexpr Sizes usual, windows{32 * 1024, 4};
constexpr std::size_t window = 4096;

std::string repeated(std::string_view unit, std::size_t size) {
    std::string made;
    while (made.size() < size) made += unit;
    return made;
}

const std::vector<std::string>& families() {
    static const std::vector<std::string> all{
        "1", "@", ".", "-", "_", "\"", "\\", " ", "\n", ":", "=", "%", "+", "(", "/", "A", "a", ",", "&", ";", "{", "[", "é", "漢", "0", "f", "~",
        "1-", "1.", "1 ", "1,", "+1", "(1", "1a", "a1", "12 ", "1234 ", "1234-", "12.34.", "4111 1111 1111 1111 ", "2024-01-01 ", "1.1.1.1 ",
        "a@", "@a", "a@b.", "a@b.de ", "a@b.de", "a.@", "-@-", "a=b@c.", "DE89", "DE89 3704 ", "DE89370400440532013000 ", "a:", "::", ":a", "a:b:", "00:1b:", "00-1b-", "://", "a://", "a://b:c@", "http://a.b/",
        "%41", "%C3", "%25", "%2525", "%252541", "\\u0041", "\\u", "\\ud83d", "\\\\", "\\\\\\\\u0041", "\\n", "\\\"", "QUJD", "YUBiLmRl", "YUBiLmRl ", "YUBiLmRlIGlzIGhlcmUg ", "616e6e61", "616e6e6140 ", "0x", "/a", "-a", "_a-",
        "ghp_", "sk-", "eyJ", "eyJh.", "AKIA", "xox", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----\nAAAA\n", "-----BEGIN PRIVATE KEY-----\na: b\n", "-----END ", "token: ", "password=", "card ", "kreditkarte 4111111111111111 ",
        "PERSON_", "PERSON_AAAA", "EMAIL_ADDRESS_00000000000000", "\\_", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", "abcdefghijklmnop-", "abcdefghijklmnop ",
        "{\"a\":", "[1,", "{\\\"a\\\":1},", "a=1&", "a,b\n", "\"a\",", "--b\r\n", "\r\n--", "\r\n", "\"\"", "egn ", "егн ", "身份证 ", "&#65;", "&amp;#64;", "&amp;#", "a&amp;#64;b.de "};
    return all;
}

/// The steps of `work` on an input, and on one so many times as long.
void check_growth(const std::string& name, const std::function<void(std::string_view)>& work, const std::function<std::string(std::size_t)>& input, const Sizes& sizes = usual) {
    const auto small = input(sizes.few), large = input(sizes.few * sizes.times);
    work(small);  // what is made once is not counted
    const auto once = steps_of([&] { work(small); }), often = steps_of([&] { work(large); });
    INFO(name << ": " << once << " steps for " << small.size() << " bytes, " << often << " for " << large.size());
    // Somewhat more than in proportion is allowed: sorting, tables that double, the first window. With the square it is times as much.
    CHECK(often * 2 <= once * sizes.times * 3);
}

/// A body that has the input where much of it may be.
struct Body {
    std::string name;
    BodyKind kind;
    std::string type;
    std::function<std::string(const std::string&)> around;
    std::size_t hold_back = 1 << 20;  ///< of long strings and text less than the inputs, of which all is windows then
};

std::string as_json(std::string_view text) {
    std::string made;
    for (const char c : text) made += c == '"' ? "\\\"" : c == '\\' ? "\\\\" : c == '\n' ? "\\n" : c == '\r' ? "\\r" : std::string(1, c);
    return made;
}
std::string in_cells(std::string_view text) {
    std::string made;
    for (const char c : text) made += c == '"' ? "\"\"" : std::string(1, c);
    return made;
}

const std::vector<Body>& bodies() {
    static const std::vector<Body> all{
        {"JSON", BodyKind::json, "application/json", [](const auto& text) { return text; }},
        {"a JSON string", BodyKind::json, "application/json", [](const auto& text) { return "[\"" + as_json(text) + "\"]"; }, window},
        {"JSON lines", BodyKind::ndjson, "application/x-ndjson", [](const auto& text) { return text; }},
        {"a table", BodyKind::csv, "text/csv", [](const auto& text) { return "a,b\n" + text; }},
        {"a cell", BodyKind::csv, "text/csv", [](const auto& text) { return "a,b\n1,\"" + in_cells(text) + "\"\n"; }},
        {"a first row", BodyKind::csv, "text/csv", [](const auto& text) { return text; }},
        {"a form", BodyKind::form, "application/x-www-form-urlencoded", [](const auto& text) { return text; }},
        {"parts", BodyKind::multipart, "multipart/form-data; boundary=b", [](const auto& text) { return text; }},
        {"a part", BodyKind::multipart, "multipart/form-data; boundary=b", [](const auto& text) { return "--b\r\n\r\n" + text + "\r\n--b--"; }},
        {"the head of a part", BodyKind::multipart, "multipart/form-data; boundary=b", [](const auto& text) { return "--b\r\n" + text; }},
        {"text", BodyKind::text, "text/plain", [](const auto& text) { return text; }, window},
        {"the text of an element", BodyKind::xml, "application/xml", [](const auto& text) { return "<a>" + text + "</a>"; }},
        {"a long text of an element", BodyKind::xml, "application/xml", [](const auto& text) { return "<a>" + text + "</a>"; }, window},
    };
    return all;
}

/// Takes the body through its filter, in pieces of `step`, up to its end or its refusal.
void cross(const World& world, const Body& body, std::string_view in, std::size_t step) {
    Limits limits;
    limits.hold_back_bytes = body.hold_back;
    BodyContext context;
    context.treatment = &world.treatment;
    context.limits = &limits;
    context.content_type = body.type;
    const auto filter = make_body_filter(body.kind, false, context);
    REQUIRE(filter.has_value());
    std::string out;
    (void)transformed(**filter, in, step);
}

World& open_world() {
    static World world;
    static const bool opened = [] {
        // Whatever is refused ends the work early.
        for (std::size_t i = 0; i < world.classes.size(); ++i) world.judgement.cells[i].form = Form::clear;
        world.cell("contact").form = Form::mask;
        world.judgement.sort(world.classes.all());
        return true;
    }();
    (void)opened;
    return world;
}

}  // namespace

TEST_CASE("steps are counted at all", "[cost]") {
    std::vector<Finding> findings;
    const auto text = repeated("anna@example.org, ", usual.few);
    const auto steps = steps_of([&] { deep_scan(open_world().scanner, text, findings); });
    CHECK(steps > text.size());
    check_growth("linear", [](std::string_view in) { CHECK(in.find('\0') == std::string_view::npos); }, [](std::size_t size) { return std::string(size, 'x'); });
}

TEST_CASE("scanning costs no more than in proportion", "[cost]") {
    for (const auto& family : families()) {
        const auto input = [&](std::size_t size) { return repeated(family, size); };
        check_growth("scan of " + family, [](std::string_view in) {
            std::vector<Match> matches;
            open_world().scanner.scan(in, matches);
        }, input);
        check_growth("deep scan of " + family, [](std::string_view in) {
            std::vector<Finding> findings;
            deep_scan(open_world().scanner, in, findings);
        }, input);
    }
}

TEST_CASE("every kind of body costs no more than in proportion, in whatever pieces it comes", "[cost]") {
    for (const auto& body : bodies())
        for (const auto& family : families())
            for (const std::size_t step : {std::size_t{1} << 20, std::size_t{61}}) {
                if (body.hold_back == window && step == 61) continue;
                check_growth(body.name + " of " + family + " in pieces of " + std::to_string(step), [&](std::string_view in) { cross(open_world(), body, in, step); },
                             [&](std::size_t size) { return body.around(repeated(family, size)); }, body.hold_back == window ? windows : usual);
            }
}

TEST_CASE("many small parts, rows, pairs and lines cost no more than in proportion", "[cost]") {
    const std::vector<std::pair<std::size_t, std::string>> units{{7, "--b\r\n\r\nx\r\n"}, {7, "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\na@b.de\r\n"}, {3, "1,2,3\n"}, {3, "\"a\"\"b\",\n"}, {6, "a=a%40b.de&"}, {2, "{\"a\":\"a@b.de\"}\n"}, {2, "[[[1]]]\n"},
                                                                {11, "<![CDATA[]]>"}, {11, "<![CDATA[x]]>"}, {11, "<![CDATA[a@b.de]]> "}, {11, "<!---->"}, {11, "&#65;"}, {11, "<b/>"}};
    for (const auto& [which, unit] : units)
        for (const std::size_t step : {std::size_t{1} << 20, std::size_t{1}})
            check_growth(unit + " in pieces of " + std::to_string(step), [&, at = which](std::string_view in) { cross(open_world(), bodies()[at], in, step); },
                         [&, at = which, each = unit](std::size_t size) { return at == 11 ? bodies()[at].around(repeated(each, size)) : repeated(each, size); });
    for (const std::string unit : {"\"a\":1,", "\"a@b.de\":1,"})
        check_growth("keys", [&](std::string_view in) { cross(open_world(), bodies()[0], in, in.size()); }, [&](std::size_t size) {
            std::string made = "{";
            for (int i = 0; made.size() < size; ++i) made += "\"k" + std::to_string(i) + unit.substr(1);
            return made + "\"z\":1}";
        });
}

TEST_CASE("restoring costs no more than in proportion", "[cost]") {
    const LabelKey key(std::array<std::uint8_t, 32>{1});
    Labels labels(key);
    std::string label;
    for (int i = 0; i < 50; ++i) label = *labels.issue("ENTITY_" + std::string(1, static_cast<char>('A' + i % 26)), std::to_string(i));
    auto families_and_labels = families();
    for (const auto& one : {label, label + " ", "_" + label.substr(0, label.size() - 1), label.substr(label.size() - 15)}) families_and_labels.push_back(one);
    for (const auto& family : families_and_labels)
        check_growth("restoring " + family, [&](std::string_view in) {
            std::uint64_t restored = 0, foreign = 0;
            Restore restore(labels, restored, foreign);
            std::string out;
            restore.feed(in, out);
            restore.finish(out);
        }, [&](std::size_t size) { return repeated(family, size); });
}
