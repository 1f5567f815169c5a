#include "filters/body/sse.hpp"

#include <catch2/catch.hpp>

#include "filters/body/body_filter.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::transformed;
using bordergate::testing::World;

namespace {

struct Stream {
    Stream() : key(std::array<std::uint8_t, 32>{9}), labels(key) {
        for (auto* cell : {&world.cell("contact"), &world.cell("account"), &world.cell("health"), &world.cell("opaque")}) cell->form = Form::clear;
        world.judgement.sort(world.classes.all());
        world.treatment.scanner = nullptr;
        label = *labels.issue("EMAIL_ADDRESS", "a\"b@x.de");
    }
    std::string run(std::string_view in, std::size_t size) {
        BodyContext context;
        Limits limits;
        context.treatment = &world.treatment;
        context.labels = &labels;
        context.limits = &limits;
        const BodyPaths paths = BodyPaths::compile({}, dialect(DialectId::openai).endpoint("POST", "/v1/chat/completions")).value();
        context.paths = &paths;
        auto made = make_body_filter(BodyKind::sse, true, context);
        if (made.has_error()) return "!" + std::string(info(made.error().code).name);
        return transformed(**made, in, size);
    }
    World world;
    LabelKey key;
    Labels labels;
    std::string label;
};

std::string event(std::string_view text, int choice = 0) {
    return "data: {\"id\":\"1\",\"choices\":[{\"index\":" + std::to_string(choice) + ",\"delta\":{\"content\":\"" + std::string(text) + "\"},\"finish_reason\":null}]}\n\n";
}
const std::string stop = "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
const std::string done = "data: [DONE]\n\n";

}  // namespace

TEST_CASE("a label is restored wherever events split it, and the bytes of untouched events stay") {
    Stream stream;
    for (std::size_t cut = 1; cut < stream.label.size(); ++cut) {
        const std::string in = ": hi\r\n\r\n" + event("To ") + event(stream.label.substr(0, cut)) + event(stream.label.substr(cut) + "!") + stop + done;
        const std::string expected = ": hi\r\n\r\n" + event("To ") + event("") + event("a\\\"b@x.de!") + stop + done;
        INFO(cut);
        CHECK(stream.run(in, in.size()) == expected);
    }
}

TEST_CASE("the stream is the same however reads split it, with any line ending") {
    Stream stream;
    for (std::string_view newline : {"\n", "\r\n", "\r"}) {
        std::string in;
        for (char c : event("x " + stream.label) + event(" " + stream.label + " y") + stop + done) {
            if (c == '\n') in += newline;
            else in += c;
        }
        const auto whole = Stream().run(in, in.size());
        CHECK_THAT(whole, Catch::Contains("a\\\"b@x.de"));
        for (std::size_t size = 1; size < 40; ++size) CHECK(Stream().run(in, size) == whole);
    }
}

TEST_CASE("a whole label is restored where it ends, and a part of one stays what it was") {
    Stream stream;
    CHECK(stream.run(event("x " + stream.label) + stop + done, 9) == event("x a\\\"b@x.de") + stop + done);
    const auto part = stream.label.substr(0, stream.label.size() - 1);
    for (const auto& ending : {stop + done, done, std::string()}) CHECK(Stream().run(event("x " + part) + ending, 9) == event("x " + part) + ending);
}

TEST_CASE("choices are threads of their own") {
    Stream stream;
    const auto a = stream.label.substr(0, 9), b = stream.label.substr(9);
    CHECK(stream.run(event(a, 0) + event(a, 1) + event(b + ".", 1) + event(b + ".", 0) + done, 11) ==
          event("", 0) + event("", 1) + event("a\\\"b@x.de.", 1) + event("a\\\"b@x.de.", 0) + done);
}

TEST_CASE("a refusal in a stream is an event that SDKs take for an error") {
    const auto said = dialect(DialectId::openai).cut(fault(Code::response_refused, "no"), {"id-1"}, "text/event-stream; charset=utf-8");
    CHECK_THAT(said, Catch::StartsWith("\n\ndata: {\"error\":{") && Catch::EndsWith("\n\n") && Catch::Contains("id-1"));
    CHECK(dialect(DialectId::openai).cut(fault(Code::internal, "no"), {}, "application/json").empty());
}

TEST_CASE("a stream that begins ever new texts is ended before it fills the memory") {
    Stream stream;
    std::string in;
    for (int i = 0; i < 1024; ++i) in += event(". ", i);
    CHECK(stream.run(in, in.size()) == in);
    // As soon as the choices differ by more than an honest stream has, it is the upstream's fault.
    CHECK(stream.run(in + event(". ", 1024), 4096) == "!upstream_invalid");
}

TEST_CASE("comments and ids of events are looked at where the answer is") {
    for (std::string_view line : {": for anna@example.org", "id: anna@example.org", "event: anna@example.org", "retry: 1\nx: anna@example.org"}) {
        Stream stream;
        stream.world.treatment.scanner = &stream.world.scanner;
        CHECK_THAT(stream.run(std::string(line) + "\n" + event("hi") + done, 9), Catch::Contains("anna@example.org"));
        stream.world.cell("contact").form = Form::mask;
        stream.world.judgement.sort(stream.world.classes.all());
        CHECK(stream.run(std::string(line) + "\n" + event("hi") + done, 9) == "!place_cannot_carry");
    }
}
