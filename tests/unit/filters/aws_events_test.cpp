#include "filters/body/aws_events.hpp"

#include <catch2/catch.hpp>

#include "filters/body/aws_chunk.hpp"
#include "filters/body/aws_frames.hpp"
#include "filters/body/body_filter.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::transformed;
using bordergate::testing::World;
using Catch::Contains;

namespace {

struct Stream {
    explicit Stream(std::string_view path) : key(std::array<std::uint8_t, 32>{9}), labels(key) {
        for (auto* name : {"contact", "account", "health", "opaque"}) world.cell(name).form = Form::clear;
        world.judgement.sort(world.classes.all());
        label = *labels.issue("EMAIL_ADDRESS", "a\"b@x.de");
        paths = BodyPaths::compile({}, dialect(DialectId::bedrock).endpoint("POST", path)).value();
        world.treatment.scanner = nullptr;
    }
    std::string run(std::string_view in, std::size_t size) {
        BodyContext context;
        context.treatment = &world.treatment;
        context.labels = &labels;
        context.limits = &limits;
        context.paths = &paths;
        return transformed(*make_body_filter(BodyKind::aws_events, true, context).value(), in, size);
    }
    World world;
    LabelKey key;
    Labels labels;
    Limits limits;
    BodyPaths paths;
    std::string label;
};

std::string frame(std::string_view type, std::string_view payload) {
    std::string headers, made;
    append_aws_header(":message-type", "event", headers);
    append_aws_header(":event-type", type, headers);
    append_aws_header(":content-type", "application/json", headers);
    REQUIRE(append_aws_frame(headers, payload, made).has_value());
    return made;
}

std::string delta(std::string_view text) { return frame("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":")" + std::string(text) + R"("},"p":"abcd"})"); }
const std::string_view converse = "/model/eu.anthropic.claude%3A0/converse-stream", invoke = "/model/m/invoke-with-response-stream";

/// An event of the model's own, as its chunk carries it.
std::string chunk(std::string_view json) {
    const auto payload = write_aws_chunk(R"({"bytes":"","p":"abc"})", json);
    REQUIRE(payload.has_value());
    return frame("chunk", *payload);
}

/// The payloads of all frames, each checked by its checksums; of chunks what they say.
std::string payloads(std::string_view in) {
    std::string all;
    AwsFrameReader reader(longest_aws_frame);
    while (!in.empty()) {
        const auto read = reader.next(in);
        REQUIRE(read.has_value());
        if (!*read) break;
        all += (*read)->event_type() == "chunk" ? read_aws_chunk((*read)->payload()).value() : std::string((*read)->payload());
        all += '\n';
    }
    REQUIRE(reader.finish().has_value());
    return all;
}

}  // namespace

TEST_CASE("a label that frames split is restored in sound frames, at every split of the bytes") {
    Stream stream(converse);
    const auto in = frame("messageStart", R"({"role":"assistant"})") + delta("To ") + delta(stream.label.substr(0, 9)) + delta(stream.label.substr(9) + "!") + frame("contentBlockStop", R"({"contentBlockIndex":0})") +
                    frame("messageStop", R"({"stopReason":"end_turn"})");
    const auto whole = stream.run(in, in.size());
    CHECK(payloads(whole) == "{\"role\":\"assistant\"}\n{\"contentBlockIndex\":0,\"delta\":{\"text\":\"To \"},\"p\":\"abcd\"}\n{\"contentBlockIndex\":0,\"delta\":{\"text\":\"\"},\"p\":\"abcd\"}\n"
                             "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"a\\\"b@x.de!\"},\"p\":\"abcd\"}\n{\"contentBlockIndex\":0}\n{\"stopReason\":\"end_turn\"}\n");
    for (std::size_t size = 1; size < 300; ++size) REQUIRE(Stream(converse).run(in, size) == whole);
}

TEST_CASE("frames in which nothing changes leave byte for byte") {
    const auto in = frame("messageStart", "{}") + delta("hello there") + delta("") + frame("contentBlockStop", R"({"contentBlockIndex":0})") + frame("other", "");
    CHECK(Stream(converse).run(in, 17) == in);
}

TEST_CASE("what a model streams itself in base64 is restored inside of it") {
    Stream stream(invoke);
    const auto piece = [](std::string_view text) { return chunk(R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":")" + std::string(text) + R"("}})"); };
    const auto in = piece("To " + stream.label.substr(0, 5)) + piece(stream.label.substr(5)) + chunk(R"({"type":"content_block_stop","index":0})");
    const auto whole = stream.run(in, in.size());
    CHECK_THAT(payloads(whole), Contains("\"text\":\"To \"") && Contains("\"text\":\"a\\\"b@x.de\""));
    for (std::size_t size = 1; size < 200; ++size) REQUIRE(Stream(invoke).run(in, size) == whole);
}

TEST_CASE("a frame that is not sound, or no text, is the upstream's fault") {
    auto broken = delta("hello");
    broken[broken.size() - 1] = static_cast<char>(broken[broken.size() - 1] ^ 1);
    CHECK(Stream(converse).run(broken, 9) == "!upstream_invalid");
    CHECK(Stream(converse).run(delta("hello").substr(0, 40), 9) == "!upstream_invalid");
    CHECK(Stream(converse).run(delta("\xff"), 9) == "!upstream_invalid");
    CHECK(Stream(invoke).run(frame("chunk", R"({"bytes":"!!"})"), 9) == "!upstream_invalid");
}

TEST_CASE("a value in the header of a frame does not come where it may not be in clear") {
    Stream stream(converse);
    stream.world.treatment.scanner = &stream.world.scanner;
    stream.world.cell("contact").form = Form::mask;
    stream.world.judgement.sort(stream.world.classes.all());
    CHECK(stream.run(frame("anna@example.org", "{}"), 9) == "!place_cannot_carry");
    CHECK_THAT(payloads(stream.run(delta("mail anna@exam") + delta("ple.org now"), 50)), Contains("<EMAIL_ADDRESS>") && !Contains("anna"));
}
