#include "filters/body/proto_fields.hpp"

#include <catch2/catch.hpp>

#include "tests/support/protos.hpp"

using namespace bordergate;
using bordergate::testing::Protos;
using Catch::Contains;

TEST_CASE("a declared path is a service, a method and fields") {
    const auto path = parse_proto_path("/t.Records/Put:patient.name");
    REQUIRE(path);
    CHECK((path->service == "t.Records" && path->method == "Put" && path->fields == "patient.name"));
    CHECK(parse_proto_path("/t.Records/*:x"));
    for (auto bad : {"$.a", "/t.Records/Put", "/t.Records:x", "/t.Records/Put:", "//Put:x", "/t/Put/x:y"}) CHECK_FALSE(parse_proto_path(bad));
}

TEST_CASE("fields are found, or the nearest is named") {
    Protos protos(R"(syntax = "proto3"; package t; message Item { string name = 1; repeated Item items = 2; map<string, Item> labels = 3; repeated string notes = 4; })");
    const auto schema = ProtoSchema::make({{"test", protos.set()}}).value();
    const auto& item = *schema->message("t.Item");
    constexpr ClassId health{5};
    ProtoFields tree;
    for (auto good : {"name", "items[].name", "items.items[].name", "labels.*.name", "labels", "notes[]"}) CHECK_FALSE(declare_field(item, good, ClassSet{health}, tree));
    CHECK(tree.at(1)->data.has(health));
    CHECK(tree.at(2)->at(2)->at(1)->data.has(health));
    CHECK(tree.at(3)->at(2)->at(1)->data.has(health));
    CHECK_FALSE(tree.at(2)->at(4));

    const auto why = [&](std::string_view path) {
        ProtoFields untouched;
        const auto mistake = declare_field(item, path, ClassSet{health}, untouched);
        REQUIRE(mistake);
        CHECK(untouched.below.empty());
        return mistake->what + " (" + mistake->suggestion + ")";
    };
    CHECK_THAT(why("nam"), Contains("t.Item has no field \"nam\"") && Contains("\"name\""));
    CHECK_THAT(why("items[].nmae"), Contains("no field \"nmae\""));
    CHECK_THAT(why("name[]"), Contains("not repeated"));
    CHECK_THAT(why("name.x"), Contains("no message"));
    CHECK_THAT(why("labels.key"), Contains("*"));
}
