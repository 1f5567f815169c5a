#include "proxy/http/h2_fields.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

namespace {

std::string lines(const H2FieldBlock& block) {
    std::string text;
    for (std::size_t i = 0; i < block.size(); ++i) {
        const auto& one = block.data()[i];
        text.append(reinterpret_cast<const char*>(one.name), one.namelen).append("=").append(reinterpret_cast<const char*>(one.value), one.valuelen).append("\n");
    }
    return text;
}

}  // namespace

TEST_CASE("h2_fields: a request's pseudo fields come first, names are in lower case, the length is our own") {
    RequestHead head;
    head.method = "POST";
    head.scheme = "https";
    head.authority = "api.example";
    head.path = "/v1";
    head.has_query = true;
    head.query = "q=1";
    head.takes_trailers = true;
    head.fields.add("Content-Type", "text/plain");
    CHECK(lines(H2FieldBlock::of(head, BodyLength::exact(7))) ==
          ":method=POST\n:scheme=https\n:authority=api.example\n:path=/v1?q=1\ncontent-type=text/plain\nte=trailers\ncontent-length=7\n");
    head.has_query = head.takes_trailers = false;
    CHECK(lines(H2FieldBlock::of(head, BodyLength::streamed())) == ":method=POST\n:scheme=https\n:authority=api.example\n:path=/v1\ncontent-type=text/plain\n");
    head.has_query = true;
    head.query.clear();
    CHECK(lines(H2FieldBlock::of(head, BodyLength::none())).find(":path=/v1?\n") != std::string::npos);
}

TEST_CASE("h2_fields: an upgrade is an extended CONNECT (RFC 8441)") {
    RequestHead head;
    head.method = "GET";
    head.scheme = "http";
    head.authority = "a";
    head.path = "/chat";
    head.upgrade = "websocket";
    head.fields.add("Sec-WebSocket-Key", "x");  // nothing over HTTP/2
    CHECK(lines(H2FieldBlock::of(head, BodyLength::none())) == ":method=CONNECT\n:scheme=http\n:authority=a\n:path=/chat\n:protocol=websocket\n");
}

TEST_CASE("h2_fields: responses, interim responses and trailers") {
    ResponseHead head;
    head.status = 404;
    head.reason = "not carried";
    head.fields.add("X-A", "b");
    CHECK(lines(H2FieldBlock::of(head, BodyLength::exact(3))) == ":status=404\nx-a=b\ncontent-length=3\n");
    CHECK(lines(H2FieldBlock::of(103U)) == ":status=103\n");
    Fields trailers;
    trailers.add("Grpc-Status", "0");
    CHECK(lines(H2FieldBlock::of(trailers)) == "grpc-status=0\n");
}
