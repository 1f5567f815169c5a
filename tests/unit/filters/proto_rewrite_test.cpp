#include "filters/body/proto_rewrite.hpp"

#include <catch2/catch.hpp>

#include "tests/support/protos.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using namespace std::literals;
using bordergate::testing::Protos;
using bordergate::testing::World;

namespace {

const char* const source = R"(syntax = "proto3"; package t;
    import "google/protobuf/any.proto";
    message Patient { string name = 1; uint64 number = 2; bytes scan = 3; repeated string notes = 4; Patient mother = 5; }
    enum Mood { calm = 0; loud = 1; }
    message Put {
        Patient patient = 1;
        repeated Patient items = 2;
        map<string, string> labels = 3;
        repeated int64 numbers = 4;
        oneof choice { string word = 5; double amount = 6; }
        google.protobuf.Any extra = 7;
        fixed64 card = 8; sint64 zig = 9; sfixed32 small = 10; Mood mood = 11; bool yes = 12; string text = 13; bytes raw = 14;
    })";

struct Fixture {
    Protos protos{source};
    ProtoSchemaPtr schema = ProtoSchema::make({{"test", protos.set()}}).value();
    World world;
    ProtoFields fields;

    void declare(std::string_view path, std::string_view data) {
        REQUIRE_FALSE(declare_field(*schema->message("t.Put"), path, ClassSet{*world.classes.find(data)}, fields));
    }
    /// Wire in, wire out; `!code` for a fault.
    std::string rewrite(const std::string& wire, const char* type = "t.Put") {
        ProtoRewriteSpec spec;
        spec.treatment = &world.treatment;
        spec.schema = schema.get();
        spec.type = schema->message(type);
        spec.fields = &fields;
        std::string out;
        const auto changed = rewrite_proto(wire, spec, out);
        if (changed.has_error()) return "!" + std::string(info(changed.error().code).name);
        if (!*changed) CHECK(out.empty());
        return *changed ? out : wire;
    }
    /// Text in, text out.
    std::string treat(const std::string& text) {
        const auto out = rewrite(protos.wire("t.Put", text));
        return out.starts_with('!') ? out : protos.text("t.Put", out);
    }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "strings are treated wherever they stand, and lengths around them follow") {
    CHECK(treat(R"(patient { name: "a@b.de" mother { mother { name: "x a@b.de y" number: 7 } } } text: "z")") ==
          R"(patient { name: "<EMAIL_ADDRESS>" mother { mother { name: "x <EMAIL_ADDRESS> y" number: 7 } } } text: "z")");
    CHECK(treat(R"(items { notes: ["a", "a@b.de", "c"] } items { })") == R"(items { notes: "a" notes: "<EMAIL_ADDRESS>" notes: "c" } items { })");
    CHECK(treat(R"(labels { key: "k" value: "a@b.de" })") == R"(labels { key: "k" value: "<EMAIL_ADDRESS>" })");
    CHECK(treat(R"(labels { key: "a@b.de" value: "v" })") == R"(labels { key: "<EMAIL_ADDRESS>" value: "v" })");
    CHECK(treat(R"(word: "YUBiLmRlIHdyaXRlcyB0aGlz")") == R"(word: "<EMAIL_ADDRESS>")");
    CHECK(treat(R"(text: "{\"to\":\"a@b.de\"}")") == R"(text: "{\"to\":\"<EMAIL_ADDRESS>\"}")");
    CHECK(world.findings.pointers.front() == "patient.name");
    CHECK(world.findings.pointers[1] == "patient.mother.mother.name");
    CHECK(world.findings.pointers[2] == "items[].notes[]");
    CHECK(world.findings.pointers[3] == "labels.*");
}

TEST_CASE_METHOD(Fixture, "a message of a few hundred bytes around a longer one needs longer lengths") {
    const std::string filler(100, 'x');
    const auto out = treat("patient { notes: \"" + filler + " a@b.de\" mother { name: \"a@b.de\" } }");
    CHECK(out == "patient { notes: \"" + filler + " <EMAIL_ADDRESS>\" mother { name: \"<EMAIL_ADDRESS>\" } }");
}

TEST_CASE_METHOD(Fixture, "what is not replaced stays byte for byte, however it was written") {
    // A length and a tag written longer than they need be, fields out of order, a field twice, unpacked numbers.
    world.cell("opaque").form = Form::clear;
    world.judgement.sort(world.classes.all());
    const std::string odd = "\x6a\x81\x00z\x20\x05\x6a\x01y\x8a\x80\x00\x00"s + "\xa2\x06\x02\xff\xfe"s;
    CHECK(rewrite(odd) == odd);
    const std::string mail = "\x6a\x06" "a@b.de";
    CHECK(rewrite(odd + mail + odd) == odd + "\x6a\x0f<EMAIL_ADDRESS>" + odd);
}

TEST_CASE_METHOD(Fixture, "declared fields are of their classes, whatever stands in them") {
    declare("patient.name", "health");
    declare("items[].notes[]", "health");
    declare("labels.*", "health");
    CHECK(treat(R"(patient { name: "Ada" notes: "n" } items { name: "Eve" notes: ["a", "b"] } labels { key: "k" value: "v" })") ==
          R"(patient { name: "{health}" notes: "n" } items { name: "Eve" notes: "{health}" notes: "{health}" } labels { key: "k" value: "{health}" })");
}

TEST_CASE_METHOD(Fixture, "what is declared for a message holds for all in it") {
    declare("patient", "health");
    CHECK(treat(R"(patient { name: "Ada" mother { notes: ["x"] } } text: "y")") == R"(patient { name: "{health}" mother { notes: "{health}" } } text: "y")");
    CHECK(treat(R"(patient { number: 5 })") == "!place_cannot_carry");
    CHECK(treat(R"(patient { scan: "\001\002" })") == R"(patient { scan: "{health}" })");
}

TEST_CASE_METHOD(Fixture, "bytes are opaque unless they are declared") {
    CHECK(treat(R"(raw: "just text")") == "!opaque_refused");
    CHECK(treat(R"(raw: "")") == "");
    declare("raw", "plain");
    CHECK(treat(R"(raw: "\377\376")") == R"(raw: "\377\376")");
    CHECK(treat(R"(raw: "a@b.de")") == R"(raw: "<plain>")");
}

TEST_CASE_METHOD(Fixture, "bytes that are no text are not masked to what is given back as text") {
    declare("raw", "contact");
    CHECK(treat(R"(raw: "abc")") == R"(raw: "<contact>")");
    CHECK(treat(R"(raw: "\377")") == "!place_cannot_carry");
    world.cell("contact").with.kind = MaskSpec::Kind::replace_with_info_type;
    CHECK(treat(R"(raw: "\377")") == R"(raw: "<contact>")");
}

namespace {

/// Masks to nothing, as `redact` does.
class Redacts final : public Treater {
  public:
    Status mask(const Masking&, std::string_view, std::string&) override { return {}; }
    Status seal(const Cell&, const Sealing&, std::string_view, std::string& out) override {
        out.append("sealed");
        return {};
    }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a number becomes 0, or has no place for what it must become") {
    world.cell("card").form = Form::mask;
    declare("patient.number", "contact");
    const std::string card = R"(card: 4111111111111111)", packed = R"(numbers: [1, 4111111111111111, 3])";
    CHECK(treat(card) == "!place_cannot_carry");
    CHECK(treat(R"(patient { number: 3 })") == "!place_cannot_carry");
    Redacts redacts;
    world.treatment.treater = &redacts;
    CHECK(treat(card) == "");
    CHECK(treat(packed) == "numbers: 1 numbers: 0 numbers: 3");
    CHECK(treat(R"(patient { number: 3 } mood: loud yes: true)") == R"(patient { } mood: loud yes: true)");
    CHECK(rewrite("\x0a\x02\x10\x03") == "\x0a\x02\x10\x00"s);
    CHECK(treat(R"(zig: -4111111111111111)") == "");
    CHECK(treat(R"(amount: 4111111111111111)") == "amount: 0");
    CHECK(treat(R"(amount: 4111111111111111.5 small: -5)") == "amount: 0 small: -5");
    CHECK(treat(R"(numbers: [-1, 2, 30000000] amount: 1e300 card: 7)") == R"(numbers: -1 numbers: 2 numbers: 30000000 amount: 1e+300 card: 7)");
    world.cell("card").form = Form::refuse;
    CHECK(treat(card) == "!no_permit");
}

TEST_CASE("a number wider than its field is refused, for its readers would cut it to another") {
    Protos protos(R"(syntax = "proto3"; package t; enum Mood { calm = 0; loud = 1; }
        message N { uint32 u = 1; int32 i = 2; sint32 s = 3; Mood mood = 4; bool yes = 5; uint64 long = 6; repeated uint32 us = 7; repeated int32 is = 8; map<uint32, bool> m = 9; })");
    const auto schema = ProtoSchema::make({{"test", protos.set()}}).value();
    const auto treat = [&](const std::string& wire) {
        World world;
        ProtoRewriteSpec spec;
        spec.treatment = &world.treatment;
        spec.schema = schema.get();
        spec.type = schema->message("t.N");
        std::string out;
        const auto changed = rewrite_proto(wire, spec, out);
        return changed.has_error() ? "!" + std::string(info(changed.error().code).name) : *changed ? out : wire;
    };
    const auto number = [](unsigned field, std::uint64_t value) {
        std::string wire;
        append_varint(field << 3, wire);
        append_varint(value, wire);
        return wire;
    };
    const auto within = [](unsigned field, const std::string& value) {
        std::string wire;
        append_varint(field << 3 | 2U, wire);
        append_varint(value.size(), wire);
        return wire + value;
    };
    const auto packed = [&](unsigned field, std::uint64_t value) { return within(field, "\x01" + number(1, value).substr(1)); };
    constexpr std::uint64_t most = 0xffffffff, cut = (1ULL << 32) | 123456789, low = 0xffffffff80000000ULL, high = 0x7fffffff;
    REQUIRE(protos.text("t.N", number(1, cut)) == "u: 123456789");
    for (const auto& good : {number(1, most), number(2, high), number(2, low), number(2, ~0ULL), number(3, most), number(4, 7), number(4, ~0ULL), number(5, 1), number(6, ~0ULL),
                             packed(7, most), packed(8, low), within(9, number(1, most) + number(2, 1))})
        CHECK(treat(good) == good);
    for (const auto& bad : {number(1, cut), number(1, ~0ULL), number(2, cut), number(2, most), number(2, high + 1), number(2, low - 1), number(3, cut), number(4, cut), number(5, 2), number(5, cut),
                            packed(7, cut), packed(8, most), within(9, number(1, cut)), within(9, number(1, 1) + number(2, 2))})
        CHECK(treat(bad) == "!body_invalid");
}

TEST_CASE_METHOD(Fixture, "what an Any holds is treated as the type that it names") {
    const auto inner = protos.wire("t.Patient", R"(name: "a@b.de")");
    const auto any = [&](const std::string& url, const std::string& value) { return protos.wire("google.protobuf.Any", "type_url: \"" + url + "\"") + "\x12" + static_cast<char>(value.size()) + value; };
    const auto put = [](const std::string& value) { return "\x3a"s + static_cast<char>(value.size()) + value; };
    const auto out = rewrite(put(any("type.googleapis.com/t.Patient", inner)));
    CHECK(out == put(any("type.googleapis.com/t.Patient", "\x0a\x0f<EMAIL_ADDRESS>")));
    CHECK(rewrite(put(any("type.googleapis.com/t.Nobody", inner))) == "!opaque_refused");
    CHECK(rewrite(put(any("t.Patient", inner) + "\x0a\x05t.Put"s)) == "!opaque_refused");
    CHECK(rewrite(put(any("t.Patient", "\x0a\x09" "a"))) == "!body_invalid");
}

TEST_CASE("an Any that readers would put together of two is refused, however deep it stands") {
    Protos protos(R"(syntax = "proto3"; package t; import "google/protobuf/any.proto";
        message Text { string text = 1; } message Blob { uint64 n = 1; }
        message Plain { Text text = 1; }
        message Box { google.protobuf.Any one = 1; repeated google.protobuf.Any many = 2; Box box = 3; repeated Box boxes = 4; map<string, google.protobuf.Any> named = 5; Plain plain = 6; }
        message Many { repeated Box boxes = 1; }
        message Top { Box box = 1; Many many = 2; })");
    const auto schema = ProtoSchema::make({{"test", protos.set()}}).value();
    for (auto type : {"google.protobuf.Any", "t.Box", "t.Box.NamedEntry", "t.Top"}) CHECK(schema->message(type)->has_any);
    for (auto type : {"t.Text", "t.Plain", "t.Many"}) CHECK_FALSE(schema->message(type)->has_any);
    const auto treat = [&](const std::string& wire, const char* type) {
        World world;
        ProtoRewriteSpec spec;
        spec.treatment = &world.treatment;
        spec.schema = schema.get();
        spec.type = schema->message(type);
        std::string out;
        const auto changed = rewrite_proto(wire, spec, out);
        return changed.has_error() ? "!" + std::string(info(changed.error().code).name) : *changed ? out : wire;
    };
    const auto in = [](char field, const std::string& value) { return std::string(1, static_cast<char>(field << 3 | 2)) + static_cast<char>(value.size()) + value; };
    const auto whole = in(1, "t.Blob") + in(2, "\x08\x05"), type_alone = in(1, "t.Text");
    // What a reader makes of the two: the type of the second with the value of the first.
    REQUIRE(protos.text("t.Box", in(1, whole) + in(1, type_alone)) == R"(one { type_url: "t.Text" value: "\010\005" })");
    CHECK(treat(in(1, whole), "t.Box") == in(1, whole));
    CHECK(treat(in(1, whole) + in(1, type_alone), "t.Box") == "!body_invalid");
    CHECK(treat(in(1, whole) + in(1, whole), "t.Box") == "!body_invalid");
    CHECK(treat(in(1, in(1, whole)) + in(1, in(1, type_alone)), "t.Top") == "!body_invalid");
    CHECK(treat(in(3, in(3, in(1, whole))) + in(3, in(6, "")), "t.Box") == "!body_invalid");
    CHECK(treat(in(5, in(1, "k") + in(2, whole) + in(2, type_alone)), "t.Box") == "!body_invalid");
    // What stands beside another, or holds no Any, is judged each by itself.
    const auto plain = in(1, in(1, "a")), box = in(1, whole);
    for (const auto& good : {in(2, whole) + in(2, whole) + in(1, whole), in(4, box) + in(4, box), in(5, in(1, "k") + in(2, whole)) + in(5, in(1, "l") + in(2, whole)), in(6, plain) + in(6, plain), in(1, whole) + in(3, box)})
        CHECK(treat(good, "t.Box") == good);
    const auto many = in(2, in(1, box) + in(1, box));
    CHECK(treat(many + many, "t.Top") == many + many);
}

TEST_CASE_METHOD(Fixture, "fields that the schema does not know are opaque") {
    const std::string unknown = "\xa2\x06\x03" "abc", number = "\xa0\x06\x01", group = "\xa3\x06\x08\x01\xa4\x06", wrong = "\x68\x05";
    for (const auto& one : {unknown, number, group, wrong}) CHECK(rewrite(one) == "!opaque_refused");
    world.cell("opaque").form = Form::clear;
    for (const auto& one : {unknown, number, group, wrong}) CHECK(rewrite(one + "\x6a\x06" "a@b.de" + one) == one + "\x6a\x0f<EMAIL_ADDRESS>" + one);
    CHECK(world.findings.classes.has(ClassTree::opaque));
}

TEST_CASE_METHOD(Fixture, "what is no message is refused, also where it stands deep") {
    CHECK(rewrite("\x0a\x05" "ab") == "!body_invalid");
    CHECK(rewrite("\x0a\x02\x0a\x05") == "!body_invalid");
    CHECK(rewrite("\x6a\x02\xff\xfe") == "!body_invalid");
    CHECK(rewrite("\x22\x01\x80") == "!body_invalid");
    CHECK(rewrite("\x0c") == "!body_invalid");
    std::string deep;
    for (int i = 0; i < 200; ++i) {
        std::string around = "\x2a";
        append_varint(deep.size(), around);
        deep = around + deep;
    }
    CHECK(rewrite(deep, "t.Patient") == "!body_invalid");
}

TEST_CASE_METHOD(Fixture, "observing finds the same and changes nothing") {
    world.treatment.observe = true;
    const auto wire = protos.wire("t.Put", R"(patient { name: "a@b.de" scan: "x" number: 4111111111111111 })");
    CHECK(rewrite(wire) == wire);
    CHECK(world.findings.entities.at("EMAIL_ADDRESS") == 1);
    CHECK(world.findings.classes.has(ClassTree::opaque));
    CHECK(world.findings.classes.has(*world.classes.find("card")));
}

TEST_CASE("groups and strings of proto2 are read as what they are") {
    google::protobuf::FileDescriptorProto file;
    REQUIRE(google::protobuf::TextFormat::ParseFromString(R"(name: "old.proto" package: "t"
        message_type { name: "Old" extension_range { start: 100 end: 200 }
            field { name: "s" number: 1 label: LABEL_OPTIONAL type: TYPE_STRING }
            field { name: "part" number: 2 label: LABEL_REPEATED type: TYPE_GROUP type_name: "Part" }
            nested_type { name: "Part" field { name: "name" number: 3 label: LABEL_OPTIONAL type: TYPE_STRING } } }
        extension { name: "note" extendee: "Old" number: 100 label: LABEL_OPTIONAL type: TYPE_STRING })", &file));
    Protos protos(file);
    const auto schema = ProtoSchema::make({{"test", protos.set()}}).value();
    World world;
    const auto treat = [&](const std::string& wire) {
        ProtoRewriteSpec spec;
        spec.treatment = &world.treatment;
        spec.schema = schema.get();
        spec.type = schema->message("t.Old");
        std::string out;
        const auto changed = rewrite_proto(wire, spec, out);
        return changed.has_error() ? "!" + std::string(info(changed.error().code).name) : *changed ? out : wire;
    };
    CHECK(protos.text("t.Old", treat(protos.wire("t.Old", R"(Part { name: "a@b.de" } Part { name: "x" } s: "a@b.de" [t.note]: "a@b.de")"))) ==
          R"(s: "<EMAIL_ADDRESS>" Part { name: "<EMAIL_ADDRESS>" } Part { name: "x" } [t.note]: "<EMAIL_ADDRESS>")");
    CHECK(treat("\x0a\x01\xff") == "!opaque_refused");
}
