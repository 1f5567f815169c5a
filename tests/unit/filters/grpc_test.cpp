#include "filters/body/grpc.hpp"

#include <catch2/catch.hpp>
#include <zlib.h>

#include "tests/support/protos.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using namespace std::literals;
using bordergate::testing::framed;
using bordergate::testing::Protos;
using bordergate::testing::transformed;
using bordergate::testing::World;

namespace {

/// gzip (`window` 31) or zlib (15) of `plain`.
std::string deflated(std::string_view plain, int window) {
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(plain.size() + 256, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

struct Fixture {
    Protos protos{R"(syntax = "proto3"; package t; message Note { string text = 1; Note inner = 2; uint32 n = 3; })"};
    ProtoSchemaPtr schema = ProtoSchema::make({{"test", protos.set()}}).value();
    std::string coding;
    std::size_t longest = 1 << 20;
    bool opaque_may_go = false;
    Findings findings;

    std::string note(const std::string& text) { return protos.wire("t.Note", text); }
    std::string once(std::string_view in, std::size_t size, std::size_t first) {
        World world;
        if (opaque_may_go) world.cell("opaque").form = Form::clear;
        GrpcSpec spec;
        spec.message.treatment = &world.treatment;
        spec.message.schema = schema.get();
        spec.message.type = schema->message("t.Note");
        spec.coding = coding;
        spec.longest = longest;
        const auto transform = make_grpc(std::move(spec));
        std::string out;
        if (first > 0) {
            const Status fed = transform->feed(in.substr(0, first), out);
            if (fed.has_error()) return "!" + std::string(info(fed.error().code).name);
        }
        const auto rest = transformed(*transform, in.substr(first), size);
        findings = world.findings;
        return rest.starts_with('!') ? rest : out + rest;
    }
    /// What becomes of `in`, checked to be the same at every split.
    std::string treat(std::string_view in) {
        const auto whole = once(in, in.size() + 1, 0);
        for (std::size_t split = 1; split < in.size() && in.size() < 4096; ++split) {
            INFO("split at " << split);
            CHECK(once(in, in.size(), split) == whole);
        }
        CHECK(once(in, 1, 0) == whole);
        CHECK(once(in, 3, 0) == whole);
        return whole;
    }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "messages are treated one by one and framed again") {
    const auto mail = note(R"(text: "a@b.de" inner { text: "x" })"), plain = note(R"(text: "hello" n: 7)"), masked = note(R"(text: "<EMAIL_ADDRESS>" inner { text: "x" })");
    CHECK(treat(framed(mail)) == framed(masked));
    CHECK(treat(framed(plain) + framed(mail) + framed("") + framed(plain) + framed(mail)) == framed(plain) + framed(masked) + framed("") + framed(plain) + framed(masked));
    CHECK(findings.entities.at("EMAIL_ADDRESS") == 2);
    CHECK(findings.pointers == std::vector<std::string>{"text"});
    CHECK(treat("") == "");
    CHECK(treat(framed(plain)) == framed(plain));
    CHECK(findings.classes == ClassSet{ClassTree::plain});
}

TEST_CASE_METHOD(Fixture, "a compressed message leaves as it came, or uncompressed if it changed") {
    const auto mail = note(R"(text: "a@b.de")"), plain = note(R"(text: "hello")"), masked = note(R"(text: "<EMAIL_ADDRESS>")");
    for (const auto& [name, window] : {std::pair("gzip", 31), std::pair("deflate", 15)}) {
        coding = name;
        const auto same = framed(deflated(plain, window), 1);
        CHECK(treat(same + framed(deflated(mail, window), 1) + framed(mail)) == same + framed(masked) + framed(masked));
    }
}

TEST_CASE_METHOD(Fixture, "what cannot be decompressed is opaque or no message, and a bomb is stopped") {
    const auto plain = note(R"(text: "hello")");
    CHECK(treat(framed(plain, 1)) == "!body_invalid");
    coding = "identity";
    CHECK(treat(framed(plain, 1)) == "!body_invalid");
    coding = "zstd";
    CHECK(treat(framed(plain, 1)) == "!opaque_refused");
    CHECK(treat(framed(plain)) == framed(plain));
    opaque_may_go = true;
    CHECK(treat(framed(plain, 1)) == framed(plain, 1));
    CHECK(findings.classes == ClassSet{ClassTree::opaque});
    coding = "gzip";
    const auto zipped = deflated(plain, 31);
    CHECK(treat(framed(zipped.substr(0, zipped.size() - 1), 1)) == "!body_invalid");
    CHECK(treat(framed(zipped + zipped, 1)) == "!body_invalid");
    CHECK(treat(framed(plain, 1)) == "!body_invalid");
    longest = 4096;
    const std::string long_text = note("text: \"" + std::string(4093, 'a') + "\"");
    REQUIRE(long_text.size() == 4096);
    CHECK(treat(framed(deflated(long_text, 31), 1)) == framed(deflated(long_text, 31), 1));
    CHECK(treat(framed(deflated(long_text + "\x18\x01", 31), 1)) == "!body_too_large");
}

TEST_CASE_METHOD(Fixture, "a broken frame is no clean end, and a length is not believed beyond the bound") {
    const auto plain = framed(note(R"(text: "hello")"));
    for (std::size_t cut = 1; cut < plain.size(); ++cut) CHECK(treat(plain + plain.substr(0, cut)) == "!body_invalid");
    CHECK(treat(framed("", 2)) == "!body_invalid");
    CHECK(treat(framed("\x0a\x05" "a")) == "!body_invalid");
    longest = 10;
    CHECK(treat("\x00\x00\x00\x00\x0b"s) == "!body_too_large");
    CHECK(treat("\x00\xff\xff\xff\xff"s) == "!body_too_large");
}

TEST_CASE_METHOD(Fixture, "what is held of a message is told, and given up when the message is whole") {
    World world;
    GrpcSpec spec;
    spec.message.treatment = &world.treatment;
    spec.message.schema = schema.get();
    spec.message.type = schema->message("t.Note");
    spec.longest = longest;
    const auto transform = make_grpc(std::move(spec));
    const std::string filler(100'000, 'x');
    for (const auto& text : {filler, filler + " a@b.de"}) {
        const auto whole = framed(note("text: \"" + text + "\""));
        const auto shown = text == filler ? whole : framed(note("text: \"" + filler + " <EMAIL_ADDRESS>\""));
        std::string out;
        // A length is only believed as far as its bytes have come.
        REQUIRE(transform->feed(whole.substr(0, 5), out).has_value());
        CHECK(transform->held() == 5);
        REQUIRE(transform->feed(whole.substr(5, 60'000), out).has_value());
        CHECK(transform->held() == 60'005);
        CHECK(out.empty());
        REQUIRE(transform->feed(whole.substr(60'005), out).has_value());
        CHECK(transform->held() == 0);
        CHECK(out == shown);
        REQUIRE(transform->feed(whole, out).has_value());
        CHECK(out == shown + shown);
    }
}

TEST_CASE_METHOD(Fixture, "nothing of a message that faults has left, and all before it has") {
    const auto mail = framed(note(R"(text: "a@b.de")")), masked = framed(note(R"(text: "<EMAIL_ADDRESS>")"));
    World world;
    GrpcSpec spec;
    spec.message.treatment = &world.treatment;
    spec.message.schema = schema.get();
    spec.message.type = schema->message("t.Note");
    spec.longest = longest;
    std::string out;
    const auto broken = make_grpc(std::move(spec))->feed(mail + framed(note(R"(text: "a@b.de")") + "\x0a\x05" "a"), out);
    CHECK(broken.error().code == Code::body_invalid);
    CHECK(out == masked);
}
