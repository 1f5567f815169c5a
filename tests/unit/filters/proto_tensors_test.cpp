#include "filters/body/proto_tensors.hpp"

#include <catch2/catch.hpp>

#include "filters/body/proto_rewrite.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using namespace std::literals;
using bordergate::testing::World;

namespace {

std::string bytes(int number, std::string_view value) {
    std::string out;
    append_varint(static_cast<std::uint64_t>(number) << 3 | 2U, out);
    append_varint(value.size(), out);
    return out.append(value);
}

std::string elements(std::initializer_list<std::string_view> list) {
    std::string raw;
    for (auto one : list) append_raw_element(one, raw);
    return raw;
}

std::string tensor(std::string_view datatype, std::string_view contents = {}) {
    return bytes(5, bytes(1, "in") + bytes(2, datatype) + (contents.empty() ? std::string() : bytes(5, contents)));
}

struct Fixture {
    World world;
    ProtoSchemaPtr schema = ProtoSchema::make({}).value();

    std::string infer(const std::string& wire, bool response = false) {
        const auto* method = schema->method("/inference.GRPCInferenceService/ModelInfer");
        ProtoRewriteSpec spec;
        spec.treatment = &world.treatment;
        spec.schema = schema.get();
        spec.type = response ? method->response : method->request;
        std::string out;
        const auto changed = rewrite_proto(wire, spec, out);
        return changed.has_error() ? "!" + std::string(info(changed.error().code).name) : *changed ? out : wire;
    }
};

}  // namespace

TEST_CASE("raw elements stand after their lengths, and nothing else does") {
    CHECK(raw_elements(elements({"a", "", "bc"})) == std::vector<std::string_view>{"a", "", "bc"});
    CHECK(raw_elements("")->empty());
    for (auto bad : {"\x01"sv, "\x02\x00\x00\x00z"sv, "\xff\xff\xff\xff"sv}) CHECK_FALSE(raw_elements(bad));
}

TEST_CASE_METHOD(Fixture, "strings in KServe tensors are text, typed or raw") {
    CHECK(infer(bytes(1, "m") + tensor("BYTES", bytes(8, "a@b.de") + bytes(8, "x"))) == bytes(1, "m") + tensor("BYTES", bytes(8, "<EMAIL_ADDRESS>") + bytes(8, "x")));
    CHECK(world.findings.model == "m");
    const auto raw = elements({"hi", "mail a@b.de", "{\"a\":\"a@b.de\"}"}), masked = elements({"hi", "mail <EMAIL_ADDRESS>", "{\"a\":\"<EMAIL_ADDRESS>\"}"});
    CHECK(infer(tensor("BYTES") + bytes(7, raw)) == tensor("BYTES") + bytes(7, masked));
    CHECK(infer(bytes(7, raw) + tensor("BYTES")) == bytes(7, masked) + tensor("BYTES"));
    CHECK(infer(tensor("BYTES") + bytes(6, raw), true) == tensor("BYTES") + bytes(6, masked));
    CHECK(world.findings.pointers == std::vector<std::string>{"inputs[].contents.bytes_contents[]", "raw_input_contents[]", "raw_input_contents[]/a", "raw_output_contents[]", "raw_output_contents[]/a"});
}

TEST_CASE_METHOD(Fixture, "a body that names two models is refused, whichever message names the second") {
    const auto us = bytes(1, "us.m"), eu = bytes(1, "eu.m");
    CHECK(infer(us) == us);
    CHECK(infer(us + tensor("BYTES")) == us + tensor("BYTES"));
    CHECK(infer(tensor("BYTES")) == tensor("BYTES"));
    CHECK(infer(eu) == "!body_invalid");
    CHECK(infer(bytes(1, "")) == "!body_invalid");
    CHECK(world.findings.model == "us.m");
    world.findings.model.clear();
    CHECK(infer(us + eu) == "!body_invalid");
    world.findings.model.clear();
    world.treatment.observe = true;  // as the body is read before its destination is chosen
    CHECK(infer(eu) == eu);
    CHECK(infer(us) == "!body_invalid");
}

TEST_CASE_METHOD(Fixture, "other tensors are opaque, and so is what is in doubt") {
    const auto raw = elements({"hi"});
    CHECK(infer(tensor("FP32") + bytes(7, raw)) == "!opaque_refused");
    CHECK(infer(tensor("BYTES") + tensor("FP32") + bytes(7, raw)) == "!opaque_refused");
    CHECK(infer(tensor("BYTES") + bytes(7, raw) + bytes(7, raw)) == "!opaque_refused");
    CHECK(infer(tensor("BYTES") + bytes(7, "\xff\xd8\xff")) == "!opaque_refused");
    CHECK(infer(tensor("BYTES") + bytes(7, elements({"\xff\xd8"}))) == "!opaque_refused");
    CHECK(infer(tensor("FP32", bytes(6, "\0\0\0\0"sv))) == "!opaque_refused");
    CHECK(infer(tensor("FP32", bytes(8, "text"))) == "!opaque_refused");
    CHECK(infer(tensor("INT64", "\x18\x05")) == "!opaque_refused");
    CHECK(infer(bytes(5, bytes(2, "BYTES") + bytes(2, "FP32") + bytes(5, bytes(8, "text")))) == "!opaque_refused");
    world.cell("opaque").form = Form::clear;
    const auto mixed = tensor("BYTES") + tensor("FP32") + bytes(7, elements({"a@b.de"})) + bytes(7, "\xff\xff\xff\xff");
    CHECK(infer(mixed) == tensor("BYTES") + tensor("FP32") + bytes(7, elements({"<EMAIL_ADDRESS>"})) + bytes(7, "\xff\xff\xff\xff"));
    CHECK(world.findings.classes.has(ClassTree::opaque));
}
