#include "filters/dialect/endpoint_path.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

TEST_CASE("an operation is found below any base path, and the model in its place") {
    CHECK(match_endpoint("/chat/completions", "/a/b/chat/completions") == "");
    CHECK_FALSE(match_endpoint("/chat/completions", "/chat/completions/x"));
    CHECK(match_endpoint("/models/*:generateContent", "/v1beta/models/gemini-2.5-pro:generateContent") == "gemini-2.5-pro");
    CHECK(match_endpoint("/model/*/converse", "/model/eu.anthropic.claude%3A0/converse") == "eu.anthropic.claude%3A0");
    CHECK(match_endpoint("/models/*", "/hf-inference/models/org/model") == "org/model");
    for (auto path : {"/models/:generateContent", "/models/a/b:generateContent", "/models:generateContent", "/v1/models/x:countTokens"})
        CHECK_FALSE(match_endpoint("/models/*:generateContent", path));
    CHECK_FALSE(match_endpoint("/model/*/converse", "/model/converse"));
    CHECK_FALSE(match_endpoint("/models/*", "/models/"));
}

TEST_CASE("the model in a head is what its place says once decoded, and nothing where there is no place") {
    const DialectEndpoint by_path{.method = "POST", .path = "/model/*/converse"};
    CHECK(model_in_head(by_path, "/model/eu.anthropic.claude-v2%3A0/converse", "").value() == "eu.anthropic.claude-v2:0");
    CHECK(model_in_head(by_path, "/model/%zz/converse", "").has_error());
    const DialectEndpoint by_query{.method = "GET", .path = "/realtime", .model_query = "model"};
    CHECK(model_in_head(by_query, "/realtime", "a=b&model=m").value() == "m");
    CHECK(model_in_head(by_query, "/realtime", "").value() == "");
    for (auto query : {"model=a&model=b", "mod%65l=a", "a+b=c&model=x"}) CHECK(model_in_head(by_query, "/realtime", query).has_error());
    CHECK_FALSE(model_in_head(DialectEndpoint{.method = "POST", .path = "/chat/completions"}, "/chat/completions", "model=x").value());
}
