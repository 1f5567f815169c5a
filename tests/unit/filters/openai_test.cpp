#include "filters/dialect/refusal.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "filters/body/json_path.hpp"

using namespace bordergate;

namespace {

const Dialect& openai() {
    return dialect(DialectId::openai);
}

boost::json::object error_in(std::string_view body) {
    return boost::json::parse({body.data(), body.size()}).at("error").as_object();
}

std::string type_of(Code code) {
    return std::string(error_in(openai().refuse(fault(code, "no"), {}).body).at("type").as_string());
}

}  // namespace

TEST_CASE("a chat is inference under any base path, and nothing else is") {
    for (auto path : {"/chat/completions", "/v1/chat/completions", "/openai/deployments/x/chat/completions"}) {
        REQUIRE(openai().endpoint("POST", path));
        CHECK(openai().endpoint("POST", path)->inference);
    }
    REQUIRE(openai().endpoint("GET", "/v1/models"));
    CHECK_FALSE(openai().endpoint("GET", "/v1/models")->inference);
    for (auto path :
         {"/v1/chat/completions/", "/v1/chat/completionsx", "/v1/organization/users", "/", ""})
        CHECK(openai().endpoint("POST", path) == nullptr);
    for (auto path : {"/v1/files", "/v1/batches", "/v1/fine_tuning/jobs"}) CHECK_FALSE(openai().endpoint("POST", path)->inference);
    CHECK(openai().endpoint("POST", "/v1/chat/completions") != openai().endpoint("POST", "/v1/completions"));
    for (auto method : {"GET", "post", "DELETE", ""})
        CHECK(openai().endpoint(method, "/v1/chat/completions") == nullptr);
}

TEST_CASE("a realtime session is inference whose model the query names, and says in its own words why it ends") {
    const auto* realtime = openai().endpoint("GET", "/v1/realtime");
    REQUIRE(realtime);
    CHECK(realtime->session);
    CHECK(realtime->inference);
    CHECK(realtime->model_query == "model");
    CHECK_FALSE(realtime->pieces.empty());
    CHECK_FALSE(openai().endpoint("GET", "/v1/models")->session);
    const auto words = boost::json::parse(openai().last_message({Code::limited, "no", "no-health", ""}, {"a-1"})).as_object();
    CHECK(words.at("type").as_string() == "error");
    CHECK(words.at("error").at("code").as_string() == "limited");
    CHECK(words.at("error").at("rule").as_string() == "no-health");
    CHECK(dialect(DialectId::none).last_message({Code::limited, "no", "", ""}, {}).empty());
}

TEST_CASE("a refusal is an error body that an SDK reads") {
    const auto said = openai().refuse({Code::limited, "say \"no\"", "no-health", ""}, {"a-1"});
    CHECK(said.content_type == "application/json");
    const auto error = error_in(said.body);
    CHECK(error.at("code").as_string() == "limited");
    CHECK(error.at("type").as_string() == "permission_error");
    CHECK(error.at("param").is_null());
    CHECK(error.at("rule").as_string() == "no-health");
    CHECK(error.at("attempt").as_string() == "a-1");
    CHECK(std::string(error.at("message").as_string()) ==
          refusal_sentence({Code::limited, "say \"no\"", "no-health", ""}, {"a-1"}));
}

TEST_CASE("what is not known is left out of an error body") {
    const auto error = error_in(openai().refuse(fault(Code::no_route, "no"), {}).body);
    CHECK_FALSE(error.contains("rule"));
    CHECK_FALSE(error.contains("attempt"));
}

TEST_CASE("the type of an error follows its status") {
    CHECK(type_of(Code::source_unknown) == "authentication_error");
    CHECK(type_of(Code::rate_limited) == "rate_limit_error");
    CHECK(type_of(Code::body_invalid) == "invalid_request_error");
    CHECK(type_of(Code::unauditable) == "server_error");
    CHECK(type_of(Code::upstream_gone) == "server_error");
}

TEST_CASE("a stream is cut by an event of its own, and anything else without a word") {
    const auto said = openai().cut(fault(Code::response_refused, "line one\nline two"), {"a-1"}, "text/event-stream");
    REQUIRE(said.starts_with("\n\ndata: "));
    REQUIRE(said.ends_with("\n\n"));
    const auto data = said.substr(8, said.size() - 10);
    // One line: a line break in the sentence must not end the event.
    CHECK(data.find('\n') == std::string::npos);
    CHECK(error_in(data).at("code").as_string() == "response_refused");
    for (auto type : {"application/json", "text/plain", ""})
        CHECK(openai().cut(fault(Code::internal, "no"), {}, type).empty());
}
