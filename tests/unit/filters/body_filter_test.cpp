#include "filters/body/body_filter.hpp"

#include <catch2/catch.hpp>

#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::transformed;
using bordergate::testing::World;

namespace {

BodyKind kind(std::string_view type, std::string_view coding = "") {
    Fields fields;
    if (!type.empty()) fields.add("Content-Type", type);
    if (!coding.empty()) fields.add("Content-Encoding", coding);
    return body_kind(fields, true);
}

}  // namespace

TEST_CASE("only what can be inspected for certain is") {
    CHECK(kind("application/json") == BodyKind::json);
    CHECK(kind("Application/JSON; charset=\"UTF-8\"") == BodyKind::json);
    CHECK(kind("application/problem+json") == BodyKind::json);
    CHECK(kind("text/event-stream") == BodyKind::sse);
    CHECK(kind("text/plain;charset=us-ascii") == BodyKind::text);
    CHECK(kind("application/x-ndjson") == BodyKind::ndjson);
    CHECK(kind("application/jsonl; charset=utf-8") == BodyKind::ndjson);
    CHECK(kind("application/x-www-form-urlencoded") == BodyKind::form);
    CHECK(kind("text/csv; header=absent") == BodyKind::csv);
    CHECK(kind("text/tab-separated-values") == BodyKind::csv);
    CHECK(kind("") == BodyKind::opaque);
    CHECK(kind("application/json; charset=utf-16") == BodyKind::opaque);
    CHECK(kind("application/json", "gzip") == BodyKind::json);
    CHECK(kind("application/json", "compress") == BodyKind::opaque);
    CHECK(kind("text/event-stream", "gzip") == BodyKind::opaque);
    CHECK(kind("application/json", "identity") == BodyKind::json);
    CHECK(kind("application/octet-stream") == BodyKind::opaque);
    Fields twice;
    twice.add("content-type", "application/json");
    twice.add("content-type", "image/png");
    CHECK(body_kind(twice, true) == BodyKind::opaque);
    CHECK(body_kind(Fields{}, false) == BodyKind::none);
}

TEST_CASE("the tables of the dialect compile, and media in a chat is opaque") {
    World world;
    Limits limits;
    BodyContext context;
    context.treatment = &world.treatment;
    context.limits = &limits;
    const auto* endpoint = dialect(DialectId::openai).endpoint("POST", "/v1/chat/completions");
    REQUIRE(endpoint);
    const BodyPaths paths = BodyPaths::compile({}, endpoint).value();
    context.paths = &paths;
    auto filter = make_body_filter(BodyKind::json, false, context);
    REQUIRE(filter.has_value());
    CHECK(transformed(**filter, R"({"messages":[{"content":[{"type":"image_url","image_url":{"url":"http://x"}}]}]})", 10) == "!opaque_refused");
    filter = make_body_filter(BodyKind::json, false, context);
    CHECK(transformed(**filter, R"({"model":"gpt","messages":[{"content":[{"type":"text","text":"a@b.de"}]}]})", 10) ==
          R"({"model":"gpt","messages":[{"content":[{"type":"text","text":"<EMAIL_ADDRESS>"}]}]})");
    CHECK(world.findings.model == "gpt");
}

TEST_CASE("opaque bodies need a permit") {
    World world;
    Limits limits;
    BodyContext context;
    context.treatment = &world.treatment;
    context.limits = &limits;
    CHECK(make_body_filter(BodyKind::opaque, false, context).error().code == Code::opaque_refused);
    world.cell("opaque").form = Form::clear;
    auto filter = make_body_filter(BodyKind::opaque, false, context);
    CHECK(transformed(**filter, "\xff\x00", 1) == "\xff");
}

TEST_CASE("plain text passes through windows, the same at every split") {
    std::string text;
    while (text.size() < 12000) text += "lorem ipsum \xc3\xa4 a@b.de dolor ";
    const auto run = [&](std::size_t size) {
        World world;
        Limits limits;
        limits.hold_back_bytes = 4096;
        BodyContext context;
        context.treatment = &world.treatment;
        context.limits = &limits;
        auto filter = make_body_filter(BodyKind::text, false, context);
        return transformed(**filter, text, size);
    };
    const auto whole = run(text.size());
    CHECK(whole.find("a@b.de") == std::string::npos);
    for (std::size_t size : {1, 3, 100, 4095, 4096, 4097}) CHECK(run(size) == whole);
}

TEST_CASE("a gRPC body is read where its call is known, and only as what it says it is") {
    const auto schema = ProtoSchema::make({}).value();
    const GrpcCall call{schema.get(), schema->method("/inference.GRPCInferenceService/ServerReady"), {}};
    const auto kind = [&](std::string_view type, const GrpcCall* known) {
        Fields fields;
        fields.add("content-type", type);
        return body_kind(fields, true, known);
    };
    for (auto type : {"application/grpc", "application/grpc+proto"}) {
        CHECK(kind(type, &call) == BodyKind::grpc);
        CHECK(kind(type, nullptr) == BodyKind::opaque);
    }
    for (auto type : {"application/grpc-web", "application/grpc+json", "application/grpc-web+json"}) CHECK(kind(type, &call) == BodyKind::opaque);

    World world;
    Limits limits;
    BodyContext context;
    context.treatment = &world.treatment;
    context.limits = &limits;
    context.call = &call;
    auto filter = make_body_filter(BodyKind::grpc, false, context);
    CHECK(transformed(**filter, std::string(5, '\0'), 1) == std::string(5, '\0'));
    context.whole.add(*world.classes.find("health"));
    CHECK(make_body_filter(BodyKind::grpc, false, context).error().code == Code::place_cannot_carry);

    Fields fields;
    CHECK(message_coding(fields).empty());
    fields.add("grpc-encoding", "gzip");
    CHECK(message_coding(fields) == "gzip");
    fields.add("grpc-encoding", "gzip");
    CHECK(message_coding(fields) == "several");
}
