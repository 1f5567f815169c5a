#include "filters/body/proto_texts.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "tests/support/protos.hpp"

using namespace bordergate;
using bordergate::testing::Protos;

namespace {

struct Fixture {
    Protos protos{R"(syntax = "proto3"; package t; import "google/protobuf/any.proto";
        message Top { string text = 1; repeated string notes = 2; Top inner = 3; repeated Item items = 4; map<string, string> tags = 5; bytes data = 6; string index = 7; google.protobuf.Any any = 8; uint32 n = 9; }
        message Item { string text = 1; int32 index = 2; })"};
    ProtoSchemaPtr schema = ProtoSchema::make({{"test", protos.set()}}).value();
    const ProtoMessage& top = *schema->message("t.Top");

    /// The texts of a message, each after the number of its thread: they are numbered as they are first seen.
    std::string seen(const std::string& wire, const char* type = "t.Top") {
        std::string all, out;
        const ProtoTextVisit note = [&](ProtoThread thread, std::string_view text) -> const std::string* {
            const auto number = threads.emplace(thread, threads.size()).first->second;
            all.append(std::to_string(number)).append("=").append(text).append(" ");
            return nullptr;
        };
        CHECK_FALSE(visit_proto_texts(wire, *schema->message(type), note, out));
        CHECK(out.empty());
        return all;
    }
    std::map<ProtoThread, std::size_t> threads;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "texts are told apart by where they stand, or by the index beside them") {
    const auto wire = [&](const char* text) { return protos.wire("t.Top", text); };
    CHECK(seen(wire(R"(text: "a" notes: "b" notes: "c" inner { text: "d" notes: "e" } n: 7)")) == "0=a 1=b 2=c 3=d 4=e ");
    CHECK(seen(wire(R"(notes: "f" notes: "g" notes: "h" inner { notes: "i" })")) == "1=f 2=g 5=h 4=i ");
    CHECK(seen(wire(R"(items { text: "a" index: 3 } items { text: "b" } items { index: -1 text: "c" })")) == "6=a 7=b 8=c ");
    CHECK(seen(wire(R"(items { text: "d" index: 0 } items { index: 3 text: "e" } items { index: 4 text: "f" })")) == "7=d 6=e 9=f ");
    CHECK(seen(wire(R"(index: "i")")) == "10=i ");
    CHECK(seen("") == "");
}

TEST_CASE_METHOD(Fixture, "maps, bytes, what an Any holds and what is no UTF-8 are left out") {
    CHECK(seen(protos.wire("t.Top", R"(tags { key: "k" value: "v" } data: "x" any { type_url: "x/t.Item" value: "\n\001y" })")) == "");
    CHECK(seen("\x0a\x01\xff") == "");
    CHECK(seen("\x08\x01\x0a\x01z") == "0=z ");  // another wire type is another field's
}

TEST_CASE_METHOD(Fixture, "a text is replaced where it stands, and every other byte stays") {
    const auto wire = protos.wire("t.Top", R"(text: "a" inner { text: "bb" n: 5 items { index: 1 text: "a" } } n: 7)");
    const std::string longer(200, 'x');
    std::string out = "before";
    const ProtoTextVisit put = [&](ProtoThread, std::string_view text) { return text == "a" ? &longer : nullptr; };
    CHECK(visit_proto_texts(wire, top, put, out));
    REQUIRE(out.starts_with("before"));
    CHECK(protos.text("t.Top", out.substr(6)) == "text: \"" + longer + "\" inner { text: \"bb\" items { text: \"" + longer + "\" index: 1 } n: 5 } n: 7");
}

TEST_CASE_METHOD(Fixture, "a message that is not well-formed is never changed") {
    const std::string longer = "xx";
    const ProtoTextVisit put = [&](ProtoThread, std::string_view) { return &longer; };
    const auto wire = protos.wire("t.Top", R"(text: "a" inner { text: "b" })");
    for (std::size_t size = 1; size < wire.size(); ++size) {
        std::string out = "before";
        const bool changed = visit_proto_texts(wire.substr(0, size), top, put, out);
        INFO(size);
        CHECK(changed == (size == 3));  // the first field alone is a message
        CHECK((changed || out == "before"));
    }
}
