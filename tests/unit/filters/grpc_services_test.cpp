#include "filters/body/grpc_services.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include "filters/body/declared_paths.hpp"
#include "tests/support/protos.hpp"

using namespace bordergate;
using bordergate::testing::Protos;
using Catch::Contains;

namespace {

/// A configuration in a folder with `set` as its descriptor set.
struct Configured {
    std::filesystem::path folder = std::filesystem::temp_directory_path() / ("bordergate-grpc-" + std::to_string(::getpid()));
    Loaded loaded;

    Configured(const std::string& set, const std::string& fields, const std::string& grpc = "grpc: {descriptors: ./set.binpb}") {
        std::filesystem::create_directory(folder);
        std::ofstream(folder / "set.binpb", std::ios::binary) << set;
        loaded = load_text(R"(version: 1
node: {location: DE, operator: DE}
listeners: [{name: s, address: "127.0.0.1:0", mode: reverse}]
audit: {directory: ./a}
sources: [{id: app, match: {networks: [127.0.0.0/8]}, standing: {location: DE, operator: DE}}]
destinations: [{id: far, url: "https://far", standing: {location: US, operator: US}}]
rules: [{id: plain, permit: clear, data: plain, from: EEA, to: US}]
routes:
  - id: all
    destinations: [far]
    fields:
)" + fields + grpc + "\n", "f.yaml", folder);
    }
    ~Configured() { std::filesystem::remove_all(folder); }
    std::string said() {
        check_declared_paths(loaded);
        return format(loaded.diagnostics);
    }
};

std::string set() {
    return Protos(R"(syntax = "proto3"; package t; message Patient { string name = 1; } message PutRequest { Patient patient = 1; } message GetRequest { uint32 id = 1; }
                     service Records { rpc Put(PutRequest) returns (GetRequest); rpc Get(GetRequest) returns (PutRequest); })").set();
}

}  // namespace

TEST_CASE("the calls of a configuration are known by route and path") {
    Configured one(set(), "      - {path: \"/t.Records/*:patient.name\", data: health}\n      - {path: \"$.x\", data: health}\n");
    CHECK(one.said().empty());
    REQUIRE(one.loaded.snapshot);
    Diagnostics mistakes;
    const auto services = GrpcServices::read(*one.loaded.snapshot, mistakes);
    CHECK(mistakes.empty());
    const auto* route = &one.loaded.snapshot->routes.front();
    const auto* put = services.call(route, "/t.Records/Put");
    REQUIRE(put);
    CHECK(put->request.at(1)->at(1)->data == route->fields.front().data);
    CHECK(services.call(nullptr, "/t.Records/Put")->request.below.empty());
    CHECK(services.call(route, "/t.Records/Get")->request.below.empty());
    CHECK(services.call(route, "/inference.GRPCInferenceService/ModelInfer"));
    CHECK_FALSE(services.call(route, "/t.Records/Other"));
    CHECK_FALSE(GrpcServices{}.call(nullptr, "/t.Records/Put"));
}

TEST_CASE("mistakes are told where they stand, with the nearest word") {
    Configured one(set(), R"(      - {path: "/t.Record/Put:patient.name", data: health}
      - {path: "/t.Records/Putt:patient.name", data: health}
      - {path: "/t.Records/Put:patient.nam", data: health}
      - {path: "/t.Records/Put", data: health}
      - {path: "/inference.GRPCInferenceService/ModelInfer:raw_input_contents[]", data: health}
)");
    const auto said = one.said();
    INFO(said);
    CHECK_FALSE(one.loaded.snapshot);
    CHECK_THAT(said, Contains("f.yaml:12:16: error: ") && Contains("\"t.Records\"") && Contains("f.yaml:13:16: error: service t.Records has no method") && Contains("\"Put\"") &&
                         Contains("f.yaml:14:16: error: message t.Patient has no field \"nam\"") && Contains("f.yaml:15:16: error: ") && !Contains("f.yaml:16:"));
}

TEST_CASE("a set that is none is a mistake of the line that names it") {
    Configured one("hello", "      - {path: \"$.x\", data: health}\n");
    CHECK_THAT(one.said(), Contains("f.yaml:13:21: error: ") && Contains("is not a descriptor set"));
    CHECK_FALSE(one.loaded.snapshot);
    Configured missing(set(), "      - {path: \"$.x\", data: health}\n", "grpc: {descriptors: [./set.binpb, ./other.binpb]}");
    CHECK_FALSE(missing.loaded.snapshot);
    CHECK_THAT(missing.said(), Contains("f.yaml:13:") && Contains("other.binpb cannot be found"));
}
