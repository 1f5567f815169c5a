// AWS Signature Version 4, by the test suite that AWS publishes (aws-c-auth, tests/aws-signing-test-suite/v4: every case that
// normalises its path and folds no field), and by what @smithy/signature-v4 5.7.5 and botocore 1.43.11 sign for Bedrock.
#include "filters/sign/sigv4.hpp"

#include <catch2/catch.hpp>

#include "config/digest.hpp"

using namespace bordergate;

namespace {

const Sigv4Keys example{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", {}};

struct Case {
    const char *name, *method, *target;
    std::vector<std::string> fields;  ///< besides the host, `example.amazonaws.com`
    const char *names, *body, *signature;
};

const std::string date = "X-Amz-Date:20150830T123600Z";
const std::string sts_token =
    "X-Amz-Security-Token:AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/"
    "qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+"
    "scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

const std::vector<Case> suite{
    {"get-header-key-duplicate", "GET", "/", {"My-Header1:value2", "My-Header1:value2", "My-Header1:value1", date}, "host;my-header1;x-amz-date", "",
     "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
    {"get-header-value-order", "GET", "/", {"My-Header1:value4", "My-Header1:value1", "My-Header1:value3", "My-Header1:value2", date}, "host;my-header1;x-amz-date", "",
     "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"},
    {"get-header-value-trim", "GET", "/", {"My-Header1: value1", "My-Header2: \"a   b   c\"", date}, "host;my-header1;my-header2;x-amz-date", "",
     "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
    {"get-relative-normalized", "GET", "/example/..", {date}, "host;x-amz-date", "",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-relative-relative-normalized", "GET", "/example1/example2/../..", {date}, "host;x-amz-date", "",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-slash-dot-slash-normalized", "GET", "/./", {date}, "host;x-amz-date", "",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-slash-normalized", "GET", "//", {date}, "host;x-amz-date", "",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-slash-pointless-dot-normalized", "GET", "/./example", {date}, "host;x-amz-date", "",
     "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"},
    {"get-slashes-normalized", "GET", "//example//", {date}, "host;x-amz-date", "",
     "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
    {"get-space-normalized", "GET", "/example space/", {date}, "host;x-amz-date", "",
     "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
    {"get-unreserved", "GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", {date}, "host;x-amz-date", "",
     "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
    {"get-utf8", "GET", "/\341\210\264", {date}, "host;x-amz-date", "",
     "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
    {"get-vanilla-empty-query-key", "GET", "/?Param1=value1", {date}, "host;x-amz-date", "",
     "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"},
    {"get-vanilla-query-order-encoded", "GET", "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1", {date}, "host;x-amz-date", "",
     "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac"},
    {"get-vanilla-query-order-key-case", "GET", "/?Param2=value2&Param1=value1", {date}, "host;x-amz-date", "",
     "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
    {"get-vanilla-query-unreserved", "GET", "/?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", {date}, "host;x-amz-date", "",
     "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
    {"get-vanilla-query", "GET", "/", {date}, "host;x-amz-date", "",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-vanilla-utf8-query", "GET", "/?\341\210\264=bar", {date}, "host;x-amz-date", "",
     "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
    {"get-vanilla-with-session-token", "GET", "/", {"X-Amz-Security-Token:6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267", date}, "host;x-amz-date;x-amz-security-token", "",
     "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8"},
    {"get-vanilla", "GET", "/", {date}, "host;x-amz-date", "",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"post-header-key-case", "POST", "/", {date}, "host;x-amz-date", "",
     "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    {"post-header-key-sort", "POST", "/", {"My-Header1:value1", date}, "host;my-header1;x-amz-date", "",
     "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
    {"post-header-value-case", "POST", "/", {"My-Header1:VALUE1", date}, "host;my-header1;x-amz-date", "",
     "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"},
    {"post-sts-header-after", "POST", "/", {sts_token, date}, "host;x-amz-date", "",
     "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    {"post-sts-header-before", "POST", "/", {sts_token, date}, "host;x-amz-date;x-amz-security-token", "",
     "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"},
    {"post-vanilla-empty-query-value", "POST", "/?Param1=value1", {date}, "host;x-amz-date", "",
     "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
    {"post-vanilla-query", "POST", "/?Param1=value1", {date}, "host;x-amz-date", "",
     "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
    {"post-vanilla", "POST", "/", {date}, "host;x-amz-date", "",
     "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    {"post-x-www-form-urlencoded-parameters", "POST", "/", {"Content-Type:application/x-www-form-urlencoded; charset=utf-8", "Content-Length:13", date, "x-amz-content-sha256:9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e"}, "content-length;content-type;host;x-amz-content-sha256;x-amz-date", "Param1=value1",
     "328d1b9eaadca9f5818ef05e8392801e091653bafec24fcab71e7344e7f51422"},
    {"post-x-www-form-urlencoded", "POST", "/", {"Content-Type:application/x-www-form-urlencoded", "Content-Length:13", date, "x-amz-content-sha256:9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e"}, "content-length;content-type;host;x-amz-content-sha256;x-amz-date", "Param1=value1",
     "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b"},
};

RequestHead head_of(const std::string& method, const std::string& authority, const std::string& target, const std::vector<std::string>& fields) {
    RequestHead head;
    head.method = method;
    head.scheme = "https";
    head.authority = authority;
    const auto question = target.find('?');
    head.path = target.substr(0, question);
    head.has_query = question != std::string::npos;
    if (head.has_query) head.query = target.substr(question + 1);
    for (const auto& field : fields) head.fields.add(field.substr(0, field.find(':')), field.substr(field.find(':') + 1));
    return head;
}

std::vector<std::string> split(std::string_view list) {
    std::vector<std::string> names{""};
    for (char c : list)
        if (c == ';') names.emplace_back();
        else names.back() += c;
    return names;
}

std::string value(const RequestHead& head, const char* name) {
    CHECK(head.fields.count(name) == 1);
    return std::string(head.fields.get(name).value_or(""));
}

constexpr std::int64_t afternoon = 1'795'615'200;  // 2026-11-25T14:00:00Z
const Sigv4Scope frankfurt{"eu-central-1", "bedrock"};

RequestHead bedrock(const std::string& method, const std::string& target, const std::vector<std::string>& fields) {
    return head_of(method, "bedrock-runtime.eu-central-1.amazonaws.com", target, fields);
}

}  // namespace

TEST_CASE("the signatures of AWS's own test suite come out") {
    for (const auto& one : suite) {
        INFO(one.name);
        const auto head = head_of(one.method, "example.amazonaws.com", one.target, one.fields);
        const auto made = sigv4_authorization(head, split(one.names), sha256_hex(one.body), "20150830T123600Z", example, {"us-east-1", "service"});
        REQUIRE(made.has_value());
        CHECK(*made == std::string("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=") + one.names + ", Signature=" + one.signature);
    }
}

TEST_CASE("the canonical request and the string to sign are as AWS documents them") {
    const auto head = head_of("GET", "example.amazonaws.com", "/", {date});
    const auto canonical = sigv4_canonical_request(head, {"host", "x-amz-date"}, sha256_hex(""));
    CHECK(canonical ==
          "GET\n/\n\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\nhost;x-amz-date\n"
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sigv4_string_to_sign("20150830T123600Z", {"us-east-1", "service"}, canonical) ==
          "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/aws4_request\n"
          "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63");
}

TEST_CASE("a request to Bedrock is signed as the SDKs sign it") {
    auto head = bedrock("POST", "/model/eu.anthropic.claude-3-haiku-20240307-v1%3A0/converse", {"content-type: application/json"});
    REQUIRE(sigv4_sign(head, "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"caf\xc3\xa9\"}]}]}", example, frankfurt, afternoon).has_value());
    CHECK(value(head, "x-amz-date") == "20261125T140000Z");
    CHECK(value(head, "x-amz-content-sha256") == "83fc36566dc9ac9cd152d5c14f7bcb9d79d05f4e78412258aa8d2a4f16e4c3cb");
    CHECK(value(head, "authorization") ==
          "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261125/eu-central-1/bedrock/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date, "
          "Signature=989b9b11b7fe4fbeda6e0e617a25312eeb96cda13941df930f4c295dd1a1447b");
    CHECK(head.fields.count("x-amz-security-token") == 0);
}

TEST_CASE("temporary keys send their token, and fields of AWS are signed") {
    Sigv4Keys temporary = example;
    temporary.session_token = "IQoJb3JpZ2luX2VjEXAMPLE//==";
    auto head = bedrock("POST", "/model/arn%3Aaws%3Abedrock%3Aeu-central-1%3A123456789012%3Ainference-profile%2Feu.x/converse-stream",
                        {"Content-Type:application/json", "X-Amzn-Bedrock-Trace: ENABLED", "user-agent: joe"});
    REQUIRE(sigv4_sign(head, "{}", temporary, frankfurt, afternoon).has_value());
    CHECK(value(head, "x-amz-security-token") == temporary.session_token);
    CHECK(value(head, "authorization") ==
          "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261125/eu-central-1/bedrock/aws4_request, "
          "SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token;x-amzn-bedrock-trace, "
          "Signature=a533283b9afb9358478c427f3dacfbeabf7f129343b194560a6627e73adf7247");
}

TEST_CASE("a query is signed in its canonical order and escapes") {
    auto head = bedrock("GET", "/async-invoke?statusEquals=In%20Progress%2B*&maxResults=5&&a=2&a=1", {});
    REQUIRE(sigv4_sign(head, "", example, frankfurt, afternoon).has_value());
    CHECK_THAT(value(head, "authorization"), Catch::EndsWith("Signature=aaaa86a8885e4d31dbdbf35cc5fb1b8859a5332223b8fad0b50125564beaea65"));
}

TEST_CASE("a signature takes the place of an earlier one") {
    auto once = bedrock("POST", "/model/x/converse", {"content-type: application/json"});
    auto twice = once;
    twice.fields.add("Authorization", "AWS4-HMAC-SHA256 Credential=joe");
    twice.fields.add("X-Amz-Security-Token", "joe's");
    twice.fields.add("X-Amz-Date", "20200101T000000Z");
    twice.fields.add("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD");
    REQUIRE(sigv4_sign(once, "{}", example, frankfurt, afternoon).has_value());
    REQUIRE(sigv4_sign(twice, "other", example, frankfurt, afternoon - 60).has_value());
    CHECK(value(twice, "authorization") != value(once, "authorization"));
    REQUIRE(sigv4_sign(twice, "{}", example, frankfurt, afternoon).has_value());
    CHECK(value(twice, "authorization") == value(once, "authorization"));
    CHECK(twice.fields.count("x-amz-security-token") == 0);
}

TEST_CASE("a client's signature is taken out, of fields and of a presigned query") {
    auto head = bedrock("GET", "/model/x?a=1&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=joe%2F1&X-Amz-Date=1&x-amz-expires=2&X-Amz-SignedHeaders=host&"
                               "X-Amz-Signature=ff&X%2DAmz-Security-Token=t&b&X-Amz-Target=kept",
                        {"Authorization: AWS4-HMAC-SHA256 Credential=joe", "X-Amz-Date: 1", "x-amz-content-sha256: 2", "X-Amz-Security-Token: 3", "x-amzn-trace:kept"});
    strip_sigv4(head);
    CHECK(head.query == "a=1&b&X-Amz-Target=kept");
    CHECK(head.has_query);
    CHECK(head.fields.size() == 1);
    CHECK(head.fields.get("x-amzn-trace").value_or("") == "kept");
    auto plain = bedrock("GET", "/x?", {});
    strip_sigv4(plain);
    CHECK(plain.has_query);
    auto only = bedrock("GET", "/x?X-Amz-Signature=1", {});
    strip_sigv4(only);
    CHECK_FALSE(only.has_query);
}
