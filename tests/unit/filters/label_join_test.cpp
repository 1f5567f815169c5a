// Labels over the messages of a gRPC stream: at every split, whatever stands between, and what waits for how long.
#include "filters/body/label_join.hpp"

#include <catch2/catch.hpp>

#include "filters/body/grpc.hpp"
#include "tests/support/protos.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::framed;
using bordergate::testing::Protos;
using bordergate::testing::World;
using Strings = std::vector<std::string>;

namespace {

constexpr const char* types = R"(syntax = "proto3"; package t;
    message Chunk { string text = 1; uint32 n = 2; repeated Choice choices = 3; map<string, string> tags = 4; }
    message Choice { uint32 index = 1; string text = 2; })";

struct Stream {
    Stream() {
        for (auto* cell : {&world.cell("contact"), &world.cell("account"), &world.cell("health"), &world.cell("opaque")}) cell->form = Form::clear;
        world.judgement.sort(world.classes.all());
        label = *labels.issue("EMAIL_ADDRESS", "a@b.de");
        other = *labels.issue("PERSON", "Ann");
    }
    TransformPtr make() {
        GrpcSpec spec;
        spec.message.treatment = &world.treatment;
        spec.message.schema = schema.get();
        spec.message.type = schema->message(type);
        spec.message.labels = &labels;
        spec.message.bounds = {1 << 16, 32};
        spec.longest = longest;
        spec.joined = true;
        spec.dialogue = dialogue;
        return make_grpc(std::move(spec));
    }
    std::string wire(const std::string& text) { return protos.wire(type, text); }
    std::string chunk(const std::string& text) { return wire("text: " + quoted(text)); }
    static std::string quoted(const std::string& text) {
        std::string made = "\"";
        for (const char c : text) (made += c == '\\' || c == '"' ? "\\" : "") += c;
        return made + '"';
    }
    /// As the text format shows it.
    static std::string escaped(const std::string& text) {
        const auto whole = quoted(text);
        return whole.substr(1, whole.size() - 2);
    }
    /// The messages in a body.
    static Strings messages(std::string_view body) {
        Strings all;
        while (body.size() >= 5) {
            std::size_t size = 0;
            for (int i = 1; i < 5; ++i) size = size << 8 | static_cast<unsigned char>(body[static_cast<std::size_t>(i)]);
            all.emplace_back(body.substr(5, size));
            body.remove_prefix(5 + size);
        }
        REQUIRE(body.empty());
        return all;
    }
    /// What becomes of messages, in text format; the same however the body is cut into reads.
    Strings run(const Strings& in) {
        std::string body;
        for (const auto& one : in) body += framed(one);
        std::string whole;
        for (const std::size_t size : {body.size() + 1, std::size_t{1}, std::size_t{7}}) {
            const auto transform = make();
            const auto out = bordergate::testing::transformed(*transform, body, size);
            CHECK(transform->held() == 0);
            if (whole.empty()) whole = out;
            CHECK(out == whole);
        }
        Strings texts;
        for (const auto& one : messages(whole)) texts.push_back(protos.text(type, one));
        return texts;
    }
    /// The messages that become of messages.
    Strings through(const Strings& in) {
        std::string body;
        for (const auto& one : in) body += framed(one);
        return messages(bordergate::testing::transformed(*make(), body, body.size()));
    }
    /// The `text` of each chunk that comes of chunks of `texts`.
    Strings texts(const Strings& in) {
        Strings wires, out;
        for (const auto& one : in) wires.push_back(chunk(one));
        for (const auto& one : run(wires)) out.push_back(one.starts_with("text: \"") ? one.substr(7, one.size() - 8) : one);
        return out;
    }

    std::string type = "t.Chunk";
    Protos protos{types};
    ProtoSchemaPtr schema = ProtoSchema::make({{"test", protos.set()}}).value();
    World world;
    LabelKey key{std::array<std::uint8_t, 32>{9}};
    Labels labels{key};
    std::string label, other;
    std::size_t longest = 1 << 20;
    bool dialogue = false;
};

// Fields of a KServe response, by hand: ModelStreamInferResponse { infer_response = 2 { id = 3; outputs = 5 { datatype = 2;
// contents = 5 { bytes_contents = 8 } }; raw = 6 } }.
std::string field(std::uint32_t number, const std::string& value) {
    std::string made;
    append_varint(number << 3 | 2, made);
    append_varint(value.size(), made);
    return made + value;
}
std::string typed(const std::string& id, const std::string& text) { return field(2, field(3, id) + field(5, field(2, "BYTES") + field(5, field(8, text)))); }
std::string raw(const std::string& id, const std::string& text) {
    std::string element;
    append_fixed(text.size(), 4, element);
    return field(2, field(3, id) + field(5, field(2, "BYTES")) + field(6, element + text));
}

std::string joined(const Strings& texts) {
    std::string all;
    for (const auto& one : texts) all += one;
    return all;
}

}  // namespace

TEST_CASE("a label is restored wherever two messages split it, in the first of them") {
    Stream stream;
    for (std::size_t cut = 0; cut <= stream.label.size(); ++cut) {
        INFO(cut);
        const auto head = stream.label.substr(0, cut), tail = stream.label.substr(cut);
        if (cut == 0) CHECK(stream.texts({"To ", stream.label + " now"}) == Strings{"To ", "a@b.de now"});
        else CHECK(stream.texts({"To " + head, tail + " now"}) == Strings{"To a@b.de", " now"});
        CHECK(joined(stream.texts({"(" + head, tail, ")"})) == "(a@b.de)");
    }
    CHECK(stream.world.findings.restored > 0);
}

TEST_CASE("a label is restored wherever three messages split it, and where each brings one character") {
    Stream stream;
    const auto& label = stream.other;
    for (std::size_t one = 1; one < label.size(); ++one)
        for (std::size_t two = one; two < label.size(); ++two) {
            INFO(one << ' ' << two);
            CHECK(stream.texts({"x " + label.substr(0, one), label.substr(one, two - one), label.substr(two) + "."}) == Strings{"x Ann", "", "."});
        }
    Strings single;
    const std::string text = "to " + label + ", " + stream.label + "; _" + label + "_ and PERSON of EMAIL_ADDRESS";
    for (const char c : text) single.emplace_back(1, c);
    const auto out = stream.texts(single);
    CHECK(out.size() == single.size());
    CHECK(joined(out) == "to Ann, a@b.de; _Ann_ and PERSON of EMAIL_ADDRESS");
}

TEST_CASE("labels in other case, with markdown's backslashes, and next to each other are joined too") {
    Stream stream;
    std::string escaped, small;
    for (const char c : stream.label) (escaped += c == '_' ? "\\" : "") += c;
    for (const char c : stream.label) small += static_cast<char>(std::tolower(c));
    for (const auto& one : {escaped, small})
        for (std::size_t cut = 1; cut < one.size(); ++cut) {
            INFO(one << ' ' << cut);
            CHECK(joined(stream.texts({"<" + one.substr(0, cut), one.substr(cut) + ">"})) == "<a@b.de>");
        }
    const auto half = stream.other.size() / 2;
    CHECK(stream.texts({stream.label.substr(0, 5), stream.label.substr(5) + "," + stream.other.substr(0, half), stream.other.substr(half)}) == Strings{"a@b.de", ",Ann", ""});
}

TEST_CASE("a label is joined whatever stands before it in its word, as it is restored") {
    Stream stream;
    for (const std::string before : {"\\n", "x", "_", "20", "PERSONPERSO", "EMAIL_ADDRES", "EMAIL\\_", "E"})
        for (std::size_t cut = 1; cut < stream.label.size(); ++cut) {
            INFO(before << ' ' << cut);
            const auto a = before + stream.label.substr(0, cut), b = stream.label.substr(cut);
            CHECK(stream.texts({a, b + "!"}) == Strings{Stream::escaped(before) + "a@b.de", "!"});
            CHECK(joined(stream.texts({before, a, "", b, "x"})) == Stream::escaped(before + before) + "a@b.dex");
        }
    // Where only the end of what waits may be of a label, the rest stays where it was.
    CHECK(stream.texts({"PERSON", "_PERS", "ON" + stream.other.substr(6) + " "}) == Strings{"PERSON", "_Ann", " "});
    // Behind one that is whole nothing of it begins another.
    CHECK(stream.texts({stream.other + "E", stream.label.substr(1)}) == Strings{"Anna@b.de", ""});
}

TEST_CASE("what only looks like the beginning of a label comes out as it went in, byte by byte") {
    Stream stream;
    const auto same = [&](const Strings& texts) {
        std::string body;
        for (const auto& one : texts) body += framed(stream.chunk(one));
        std::string out;
        const auto transform = stream.make();
        REQUIRE(transform->feed(body, out).has_value());
        REQUIRE(transform->finish(out).has_value());
        CHECK(out == body);
    };
    same({"a PERSON", " and another PERSON", "ALITY"});
    same({"PERSON", "PERSON", "PERSON"});
    same({"EMAIL_ADDRESS", "_", "X"});
    same({"E", "", "", "F"});
    same({stream.label.substr(0, 20)});
    same({stream.label.substr(0, 20), " ", stream.label.substr(20)});
    same({"x" + stream.label.substr(0, 20), "-" + stream.label.substr(20)});
    same({stream.label.substr(0, 13) + "\\", "\\_", stream.label.substr(14)});
    same({"\\", "\\", "_"});
    CHECK(stream.world.findings.restored == 0);
}

TEST_CASE("only what begins a label waits, with all that comes after it, and no longer than it must") {
    Stream stream;
    const auto transform = stream.make();
    std::string out;
    const auto feed = [&](const std::string& message) {
        out.clear();
        REQUIRE(transform->feed(framed(message), out).has_value());
        Strings texts;
        for (const auto& one : Stream::messages(out)) texts.push_back(stream.protos.text("t.Chunk", one));
        return texts;
    };
    CHECK(feed(stream.chunk("Write to")) == Strings{"text: \"Write to\""});
    CHECK(feed(stream.chunk(" EMAIL")) == Strings{});
    CHECK(transform->held() > 0);
    CHECK(feed(stream.wire("n: 7")) == Strings{});  // has no text: the label may still go on
    CHECK(feed(stream.chunk(stream.label.substr(5))) == Strings{"text: \" a@b.de\"", "n: 7", ""});
    CHECK(transform->held() == 0);
    CHECK(feed(stream.chunk("EM")) == Strings{});
    CHECK(feed(stream.chunk("BARK")) == Strings{"text: \"EM\"", "text: \"BARK\""});
    CHECK_FALSE(transform->waits());
}

TEST_CASE("what waits is bounded in messages and in bytes") {
    Stream stream;
    std::string out;
    SECTION("messages") {
        const auto transform = stream.make();
        REQUIRE(transform->feed(framed(stream.chunk("EMAIL")), out).has_value());
        for (std::size_t i = 1; i < LabelJoin::most_messages; ++i) REQUIRE(transform->feed(framed(stream.wire("n: 1")), out).has_value());
        CHECK(out.empty());
        REQUIRE(transform->feed(framed(stream.wire("n: 2")), out).has_value());
        CHECK(Stream::messages(out).size() == LabelJoin::most_messages + 1);
        CHECK(transform->held() == 0);
        // What was given up remains a piece.
        REQUIRE(transform->feed(framed(stream.chunk(stream.label.substr(5) + ".")), out).has_value());
        CHECK(stream.protos.text("t.Chunk", Stream::messages(out).back()) == "text: \"" + stream.label.substr(5) + ".\"");
    }
    SECTION("bytes") {
        stream.longest = 4096;
        const auto transform = stream.make();
        const auto filler = stream.wire("choices { text: \"" + std::string(1100, '.') + "\" }");
        REQUIRE(transform->feed(framed(stream.chunk("EMAIL")) + framed(filler), out).has_value());
        CHECK(out.empty());
        REQUIRE(transform->feed(framed(filler), out).has_value());
        CHECK(Stream::messages(out).size() == 3);
    }
}

TEST_CASE("texts of different places, and of different indices at one place, are not mixed up") {
    Stream stream;
    const auto cut = [](const std::string& text) { return std::pair(text.substr(0, 9), text.substr(9)); };
    const auto [a, b] = cut(stream.label);
    const auto [c, d] = cut(stream.other);
    const auto choice = [](int index, const std::string& text) { return "choices { index: " + std::to_string(index) + " text: \"" + text + "\" }"; };
    CHECK(stream.run({stream.wire(choice(1, a)), stream.wire(choice(0, c)), stream.wire(choice(1, b)), stream.wire(choice(0, d))}) ==
          Strings{"choices { index: 1 text: \"a@b.de\" }", "choices { text: \"Ann\" }", "choices { index: 1 }", "choices { }"});
    // In the other order in the second message.
    CHECK(stream.run({stream.wire(choice(0, c) + choice(1, a)), stream.wire(choice(1, b) + choice(0, d))}) ==
          Strings{"choices { text: \"Ann\" } choices { index: 1 text: \"a@b.de\" }", "choices { index: 1 } choices { }"});
    CHECK(stream.run({stream.wire("text: \"" + a + "\""), stream.wire(choice(0, b))}) == Strings{"text: \"" + a + "\"", "choices { text: \"" + b + "\" }"});
    CHECK(stream.run({stream.wire("tags { key: \"k\" value: \"" + a + "\" }"), stream.wire("tags { key: \"k\" value: \"" + b + "\" }")}) ==
          Strings{"tags { key: \"k\" value: \"" + a + "\" }", "tags { key: \"k\" value: \"" + b + "\" }"});
}

TEST_CASE("a label that is split inside of a URL, or after one that another message began, is not joined") {
    Stream stream;
    const auto a = stream.label.substr(0, 9), b = stream.label.substr(9);
    for (const Strings& texts : {Strings{"see https://x.test/?q=" + a, b + " now"}, Strings{"see https://x.", "test/?q=", a, b, " now"}, Strings{"see https:", "/", "/x/" + a, b}}) {
        INFO(joined(texts));
        CHECK(joined(stream.texts(texts)) == joined(texts));
    }
    CHECK(joined(stream.texts({"see https://x.", "test/ and ", a, b})) == "see https://x.test/ and a@b.de");
}

TEST_CASE("a whole label is not restored where its text goes on in a URL that another message began") {
    Stream stream;
    const auto& label = stream.label;
    for (const Strings& texts : {Strings{"see https://x.test/?q=", label + " now"}, Strings{"see https://x.", "test/?q=" + label}, Strings{"see https:", "//x/" + label}, Strings{"![](", "//x/?q=" + label + ")"},
                                 Strings{"![](https://x/?q=", "", ")", label}}) {
        INFO(joined(texts));
        CHECK(joined(stream.texts(texts)) == joined(texts));
    }
    for (const Strings& texts : {Strings{"see https://x.test/ ", label}, Strings{"see https://x.test", "/ and " + label}, Strings{"to (", label + ")"}, Strings{"https://x.test/", " or ", label}}) {
        INFO(joined(texts));
        auto expected = joined(texts);
        expected.replace(expected.find(label), label.size(), "a@b.de");
        CHECK(joined(stream.texts(texts)) == expected);
    }
    // Also if no label had been issued yet when the URL began.
    Labels later(stream.key);
    GrpcSpec spec;
    spec.message.treatment = &stream.world.treatment;
    spec.message.schema = stream.schema.get();
    spec.message.type = stream.schema->message(stream.type);
    spec.message.labels = &later;
    spec.message.bounds = {1 << 16, 32};
    spec.longest = 1 << 20;
    spec.joined = true;
    const auto transform = make_grpc(std::move(spec));
    std::string out;
    REQUIRE(transform->feed(framed(stream.chunk("![](https://x/?q=")), out).has_value());
    REQUIRE(later.issue("EMAIL_ADDRESS", "a@b.de").has_value());
    REQUIRE(transform->feed(framed(stream.chunk(label + ")")) + framed(stream.chunk(" " + label)), out).has_value());
    const auto all = Stream::messages(out);
    REQUIRE(all.size() == 3);
    CHECK(all[1] == stream.chunk(label + ")"));
    CHECK(all[2] == stream.chunk(" a@b.de"));
}

TEST_CASE("in a dialogue what waits can be hurried, and the rest of the label is then a text like any other") {
    Stream stream;
    stream.dialogue = true;
    const auto transform = stream.make();
    std::string out;
    CHECK_FALSE(transform->waits());
    REQUIRE(transform->feed(framed(stream.chunk("your turn, PERS")) + framed(stream.wire("n: 3")), out).has_value());
    CHECK(out.empty());
    CHECK(transform->waits());
    REQUIRE(transform->hurry(out).has_value());
    CHECK(out == framed(stream.chunk("your turn, PERS")) + framed(stream.wire("n: 3")));
    CHECK_FALSE(transform->waits());
    out.clear();
    REQUIRE(transform->feed(framed(stream.chunk("ON and " + stream.other)), out).has_value());
    CHECK(out == framed(stream.chunk("ON and Ann")));
}

TEST_CASE("a message that cannot be read ends what waits with its own fault, and one that is opaque comes in its turn") {
    Stream stream;
    std::string out;
    const auto transform = stream.make();
    REQUIRE(transform->feed(framed(stream.chunk("EMAIL")), out).has_value());
    const auto fed = transform->feed(framed("\x0a\x7f"), out);
    if (fed.has_value()) CHECK(transform->finish(out).has_error());
    GrpcSpec spec;
    spec.message.treatment = &stream.world.treatment;
    spec.message.schema = stream.schema.get();
    spec.message.type = stream.schema->message("t.Chunk");
    spec.message.labels = &stream.labels;
    spec.coding = "snappy";
    spec.longest = 1 << 20;
    spec.joined = true;
    const auto coded = make_grpc(std::move(spec));
    out.clear();
    const auto first = framed(stream.chunk("EMAIL")), second = framed("???", 1);
    REQUIRE(coded->feed(first + second, out).has_value());
    CHECK(out == first + second);
}

TEST_CASE("KServe's text tensors are joined, typed and raw, by the id of their request") {
    Stream stream;
    stream.type = "inference.ModelStreamInferResponse";
    REQUIRE(stream.schema->message(stream.type));
    for (std::size_t cut = 1; cut < stream.label.size(); ++cut) {
        INFO(cut);
        const auto a = "to " + stream.label.substr(0, cut), b = stream.label.substr(cut) + "!";
        CHECK(stream.through({typed("q", a), typed("q", b)}) == Strings{typed("q", "to a@b.de"), typed("q", "!")});
        CHECK(stream.through({raw("q", a), raw("q", b)}) == Strings{raw("q", "to a@b.de"), raw("q", "!")});
        CHECK(stream.through({raw("q", a), raw("p", "EMAIL is another"), raw("q", b)}) == Strings{raw("q", "to a@b.de"), raw("p", "EMAIL is another"), raw("q", "!")});
    }
}

TEST_CASE("an id that is longer than any needs to be tells no texts apart: those beside it are not joined") {
    Stream stream;
    stream.type = "inference.ModelStreamInferResponse";
    const auto a = stream.label.substr(0, 9), b = stream.label.substr(9);
    const std::string longest(longest_text_id, 'i');
    CHECK(stream.through({typed(longest, a), typed(longest, b)}) == Strings{typed(longest, "a@b.de"), typed(longest, "")});
    const Strings longer{typed(longest + "i", a), typed(longest + "i", b), raw(longest + "i", a), raw(longest + "i", b)};
    CHECK(stream.through(longer) == longer);
}

TEST_CASE("what is kept of texts is bounded and counted") {
    Stream stream;
    const auto choices = [&](std::size_t count) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) text += "choices { index: " + std::to_string(i) + " text: \"E\" } ";
        return stream.wire(text);
    };
    std::string out;
    const auto transform = stream.make();
    const auto most = choices(LabelJoin::most_texts), more = choices(LabelJoin::most_texts + 1);
    REQUIRE(transform->feed(framed(most), out).has_value());
    CHECK(out.empty());
    CHECK(transform->held() > LabelJoin::most_texts * sizeof(std::string));
    // Of too many none begins a label, and none that was begun goes on.
    REQUIRE(transform->feed(framed(more), out).has_value());
    CHECK(Stream::messages(out) == Strings{most, more});
    CHECK(transform->held() == 0);
}
