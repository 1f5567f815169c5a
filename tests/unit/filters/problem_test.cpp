#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "filters/dialect/refusal.hpp"

using namespace bordergate;

namespace {

const Dialect& plain() {
    return dialect(DialectId::none);
}

}  // namespace

TEST_CASE("where no AI protocol is spoken, no operation is known") {
    CHECK(plain().endpoints().empty());
    CHECK(plain().endpoint("POST", "/v1/chat/completions") == nullptr);
}

TEST_CASE("a refusal is a problem of RFC 9457") {
    for (unsigned i = 0; i <= static_cast<unsigned>(Code::internal); ++i) {
        const Fault no{static_cast<Code>(i), "no", "mine", "GDPR Art. 9"};
        const auto said = plain().refuse(no, {"a-1"});
        CHECK(said.content_type == "application/problem+json");
        const auto problem = boost::json::parse(said.body).as_object();
        const auto& known = info(no.code);
        CHECK(problem.at("type").as_string() == "about:blank");
        CHECK(problem.at("status").to_number<unsigned>() == known.status);
        CHECK(std::string(problem.at("detail").as_string()) == refusal_sentence(no, {"a-1"}));
        CHECK(std::string(problem.at("code").as_string()) == known.name);
        CHECK(problem.at("rule").as_string() == "mine");
        CHECK(problem.at("attempt").as_string() == "a-1");
    }
}

TEST_CASE("a problem leaves out what is not known") {
    const auto problem = boost::json::parse(plain().refuse(fault(Code::no_route, "no"), {}).body).as_object();
    CHECK_FALSE(problem.contains("rule"));
    CHECK_FALSE(problem.contains("attempt"));
}

TEST_CASE("a message without a protocol of its own cannot be told that it is cut") {
    for (auto type : {"text/event-stream", "application/json", ""})
        CHECK(plain().cut(fault(Code::internal, "no"), {"a-1"}, type).empty());
}
