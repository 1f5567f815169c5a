#include "config/signing.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

TEST_CASE("endpoints of Bedrock are known by their names, and their regions too") {
    const std::pair<const char*, const char*> hosts[] = {{"bedrock-runtime.eu-central-1.amazonaws.com", "eu-central-1"},
                                                         {"bedrock-runtime-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"},
                                                         {"bedrock.us-east-1.amazonaws.com", "us-east-1"},
                                                         {"vpce-0a1-b2.bedrock-runtime.eu-west-3.vpce.amazonaws.com", "eu-west-3"},
                                                         {"bedrock-runtime.cn-north-1.amazonaws.com.cn", "cn-north-1"},
                                                         {"bedrock-runtime.eu-north-1.api.aws", "eu-north-1"}};
    for (const auto& [host, region] : hosts) {
        INFO(host);
        CHECK(is_bedrock_host(host));
        CHECK(bedrock_region(host) == region);
    }
    for (const char* other : {"", "amazonaws.com", "s3.eu-central-1.amazonaws.com", "bedrock-runtime.eu-central-1.amazonaws.com.evil.example", "bedrockish.eu-central-1.amazonaws.com",
                              "bedrock-runtime.eu-central-1.example.com", "x.execute-api.eu-central-1.amazonaws.com"}) {
        INFO(other);
        CHECK_FALSE(is_bedrock_host(other));
        CHECK(bedrock_region(other).empty());
    }
    CHECK(is_bedrock_host("bedrock-runtime.amazonaws.com"));
    CHECK(bedrock_region("bedrock-runtime.amazonaws.com").empty());
}

TEST_CASE("regions of AWS have the form of one") {
    for (const char* region : {"eu-central-1", "us-gov-west-1", "ap-southeast-10", "us-iso-east-1", "eusc-de-east-1"}) CHECK(is_aws_region(region));
    for (const char* other : {"", "eu", "eu-central", "eu_central_1", "EU-central-1", "1-2-3", "eu-1-central", "eu-central-1-", "-eu-central-1", "eu--1", "frankfurt-x-1", "vpce-0a1-b2"})
        CHECK_FALSE(is_aws_region(other));
}

TEST_CASE("only a signature names a region, and needs the whole body") {
    Signing signing;
    signing.grant.emplace();
    CHECK(signing.region().empty());
    CHECK_FALSE(signing.needs_whole_body());
    signing.grant.reset();
    signing.sigv4.emplace().region = "eu-west-1";
    CHECK(signing.region() == "eu-west-1");
    CHECK(signing.needs_whole_body());
}
