#include "filters/body/proto_schema.hpp"

#include <catch2/catch.hpp>

#include "tests/support/protos.hpp"

using namespace bordergate;
using bordergate::testing::Protos;
using Catch::Contains;

TEST_CASE("methods and types of a descriptor set are known by name") {
    Protos protos(R"(syntax = "proto3"; package t;
        message Item { string name = 1; Item inner = 2; map<string, Item> more = 3; repeated sint32 n = 4; }
        service Records { rpc Put(Item) returns (stream Item); rpc Talk(stream Item) returns (stream Item); })");
    const auto schema = ProtoSchema::make({{"a.binpb", protos.set()}}).value();
    const auto* put = schema->method("/t.Records/Put");
    REQUIRE(put);
    CHECK((!put->client_streaming && put->server_streaming));
    CHECK(put->request == schema->message("t.Item"));
    CHECK(put->request->field(2)->message == put->request);
    CHECK(put->request->field("more")->is_map());
    CHECK(put->request->field(4)->kind == ProtoField::Kind::zigzag_number);
    CHECK_FALSE(put->request->field(5));
    CHECK_FALSE(schema->method("/t.Records/Get"));
    CHECK(schema->message("google.protobuf.Any")->role == ProtoMessage::Role::any);
}

TEST_CASE("KServe's inference service is known without a set, and a set's own comes first") {
    const auto schema = ProtoSchema::make({}).value();
    const auto* infer = schema->method("/inference.GRPCInferenceService/ModelInfer");
    REQUIRE(infer);
    CHECK(infer->request->role == ProtoMessage::Role::infer_request);
    CHECK(infer->request->field("inputs")->message->role == ProtoMessage::Role::infer_tensor);
    CHECK(infer->response->field("parameters")->is_map());
    CHECK(schema->method("/inference.GRPCInferenceService/ModelStreamInfer")->client_streaming);

    Protos own(R"(syntax = "proto3"; package inference;
        message ModelInferRequest { string model_name = 1; }
        service GRPCInferenceService { rpc ModelInfer(ModelInferRequest) returns (ModelInferRequest); })");
    const auto other = ProtoSchema::make({{"own", own.set()}}).value();
    CHECK(other->method("/inference.GRPCInferenceService/ModelInfer")->request->fields.size() == 1);
    CHECK_FALSE(other->method("/inference.GRPCInferenceService/ServerLive"));
}

TEST_CASE("what is no descriptor set says so, and which") {
    CHECK_THAT(ProtoSchema::make({{"x.binpb", "hello"}}).error().detail, Contains("x.binpb is not a descriptor set"));
    CHECK(ProtoSchema::make({{"x.binpb", ""}}).has_error());
    google::protobuf::FileDescriptorSet lonely;
    auto& file = *lonely.add_file();
    file.set_name("a.proto");
    file.add_dependency("b.proto");
    CHECK_THAT(ProtoSchema::make({{"x.binpb", lonely.SerializeAsString()}}).error().detail, Contains("x.binpb: a.proto: ") && Contains("b.proto"));
}
