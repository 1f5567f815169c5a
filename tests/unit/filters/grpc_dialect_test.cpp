#include "filters/dialect/grpc.hpp"

#include <catch2/catch.hpp>

#include "filters/dialect/dialects.hpp"

using namespace bordergate;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

const Dialect* spoken(std::string_view content_type) {
    RequestHead head;
    if (!content_type.empty()) head.fields.add("Content-Type", content_type);
    return native_dialect(head);
}

}  // namespace

TEST_CASE("who calls by gRPC is told no by gRPC, whatever the destination speaks") {
    for (auto type : {"application/grpc", "Application/gRPC+proto", "application/grpc;charset=utf-8", "application/grpc+json"}) CHECK(spoken(type) == &grpc_dialect());
    for (auto type : {"", "application/json", "application/grpc-web", "application/grpc-web+proto", "application/gr"}) CHECK(spoken(type) == nullptr);
}

TEST_CASE("a refusal is a trailers-only response with gRPC's status and the sentence as its message") {
    const auto said = grpc_dialect().refuse({Code::limited, "100 % \xc3\xa4", "no-health", "GDPR Art. 9"}, {"a-1"});
    CHECK(said.status == 200);
    CHECK(said.content_type == "application/grpc");
    CHECK(said.body.empty());
    CHECK(said.fields.get("grpc-status") == "7");
    CHECK_THAT(std::string(*said.fields.get("grpc-message")), Contains("refused this: 100 %25 %C3%A4.") && Contains("Rule: no-health, GDPR Art. 9. Attempt: a-1."));
}

TEST_CASE("in the middle of a stream the same is said by its trailers") {
    const auto trailers = grpc_dialect().cut_trailers({Code::upstream_timeout, "late", "", ""}, {"a-1"}, "application/grpc+proto");
    CHECK(trailers.get("grpc-status") == "4");
    CHECK(trailers.get("bordergate-code") == "upstream_timeout");
    CHECK(grpc_dialect().cut_trailers(fault(Code::limited, "no"), {}, "text/html").size() == 0);
    CHECK(grpc_dialect().cut(fault(Code::limited, "no"), {}, "application/grpc").empty());
    CHECK(dialect(DialectId::openai).cut_trailers(fault(Code::limited, "no"), {}, "application/grpc").size() == 0);
}

TEST_CASE("each code has a status of gRPC's that says it") {
    CHECK(grpc_status(Code::source_unknown) == 16);
    CHECK(grpc_status(Code::rate_limited) == 8);
    CHECK(grpc_status(Code::body_invalid) == 3);
    CHECK(grpc_status(Code::upstream_unreachable) == 14);
    CHECK(grpc_status(Code::upstream_timeout) == 4);
    CHECK(grpc_status(Code::no_permit) == 7);
    CHECK(grpc_status(Code::response_refused) == 7);
    CHECK(grpc_status(Code::internal) == 13);
    for (std::size_t i = 0; i <= static_cast<std::size_t>(Code::internal); ++i) {
        const auto code = static_cast<Code>(i);
        INFO(info(code).name);
        CHECK(grpc_status(code) > 0);
        // What policy decides is PERMISSION_DENIED, and nothing else is.
        CHECK((grpc_status(code) == 7) == (info(code).status == 403));
    }
}

TEST_CASE("a deadline is at most eight digits and a unit") {
    CHECK(grpc_timeout("1H") == 1h);
    CHECK(grpc_timeout("20M") == 20min);
    CHECK(grpc_timeout("99999999S") == 99999999s);
    CHECK(grpc_timeout("500m") == 500ms);
    CHECK(grpc_timeout("7u") == 7us);
    CHECK(grpc_timeout("0n") == 0ns);
    CHECK(*grpc_timeout("99999999H") > 1000h);
    for (auto bad : {"", "1", "S", "123456789S", "1s", "-1S", "+1S", "1.5S", " 1S", "1S "}) CHECK_FALSE(grpc_timeout(bad));
}

TEST_CASE("KServe's inference calls are inference") {
    const auto& kserve = dialect(DialectId::kserve);
    CHECK(kserve.name() == "kserve");
    const auto* infer = kserve.endpoint("POST", "/inference.GRPCInferenceService/ModelInfer");
    REQUIRE(infer);
    CHECK(infer->inference);
    CHECK_FALSE(kserve.endpoint("POST", "/inference.GRPCInferenceService/ServerLive"));
    CHECK(kserve.refuse(fault(Code::no_route, "no"), {}).content_type == "application/json");
}
