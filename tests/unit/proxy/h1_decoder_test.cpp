#include "proxy/http/h1_decoder.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

namespace {

/// Decodes a body from pieces of `size` bytes; returns it, or the fault's name in angle brackets.
std::string decode(H1Decoder& decoder, std::string_view bytes, std::size_t size, std::size_t& left) {
    std::string body, pending;
    while (!decoder.done()) {
        if (bytes.empty()) return body + "<short>";
        const auto take = std::min(size, bytes.size());
        pending.append(bytes.substr(0, take));
        bytes.remove_prefix(take);
        while (!pending.empty() && !decoder.done()) {
            const auto step = decoder.body(pending);
            if (step.has_error()) return body + "<" + std::string(info(step.error().code).name) + ">";
            body.append(step->bytes);
            pending.erase(0, step->consumed);
            if (step->consumed == 0) break;
        }
    }
    left = pending.size() + bytes.size();
    return body;
}

std::string chunked(std::string_view bytes, std::size_t size, std::size_t& left) {
    auto decoder = H1Decoder::for_requests();
    RequestHead head;
    std::string target;
    REQUIRE(decoder.request("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", head, target).has_value());
    return decode(decoder, bytes, size, left);
}

}  // namespace

TEST_CASE("a chunked body is the same however reads split it, and ends where it ends") {
    const std::string_view bytes = "5;ext=\"x\"\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: t\r\n\r\nGET /next";
    for (std::size_t size = 1; size <= bytes.size(); ++size) {
        INFO(size);
        std::size_t left = 0;
        CHECK(chunked(bytes, size, left) == "hello world");
        CHECK(left == 9);
    }
}

TEST_CASE("broken chunking is refused") {
    for (auto bytes : {"5\nhello\r\n0\r\n\r\n", "5\r\nhelloX\r\n0\r\n\r\n", "x\r\n", "-1\r\n", "fffffffffffffffff\r\n",
                       "5 \r\nhello\r\n0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n"}) {
        INFO(bytes);
        for (std::size_t size : {1, 3, 100}) {
            std::size_t left = 0;
            CHECK_THAT(chunked(bytes, size, left), Catch::Contains("<"));
        }
    }
}

TEST_CASE("trailers stay apart from the head") {
    auto decoder = H1Decoder::for_requests();
    RequestHead head;
    std::string target;
    REQUIRE(decoder.request("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", head, target).has_value());
    std::size_t left = 0;
    CHECK(decode(decoder, "0\r\nHost: evil\r\nX: 1\r\n\r\n", 100, left).empty());
    CHECK(head.fields.count("host") == 1);
    CHECK(decoder.trailers().get("x") == "1");
}

TEST_CASE("lengths of responses follow RFC 9112, 6.3") {
    const auto length = [](std::string_view bytes, bool to_head) {
        auto decoder = H1Decoder::for_responses();
        ResponseHead head;
        REQUIRE(decoder.response(bytes, head, to_head).has_value());
        return decoder.length().kind;
    };
    using Kind = BodyLength::Kind;
    CHECK(length("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", false) == Kind::exact);
    CHECK(length("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", true) == Kind::none);
    CHECK(length("HTTP/1.1 204 No\r\nContent-Length: 3\r\n\r\n", false) == Kind::none);
    CHECK(length("HTTP/1.1 304 No\r\nContent-Length: 3\r\n\r\n", false) == Kind::none);
    CHECK(length("HTTP/1.1 200 OK\r\n\r\n", false) == Kind::streamed);
    CHECK(length("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false) == Kind::none);
}

TEST_CASE("a last chunk that comes in small pieces does not trip Beast's assertion (found by fuzzing)") {
    for (std::string_view bytes : {"0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "000;x\r\n\r\n"}) {
        for (std::size_t size = 1; size <= 5; ++size) {
            std::size_t left = 0;
            const auto body = chunked(bytes, size, left);
            CHECK((body.empty() || body == "hello"));
        }
    }
    for (std::string_view bytes : {"0\xe4\r\n\r\n", "0 \r\n\r\n", "5\r\nhello\r\n0x\r\n\r\n"}) {
        for (std::size_t size = 1; size <= 5; ++size) {
            std::size_t left = 0;
            CHECK_THAT(chunked(bytes, size, left), Catch::EndsWith("<framing_invalid>"));
        }
    }
    auto decoder = H1Decoder::for_requests();
    RequestHead head;
    std::string target;
    REQUIRE(decoder.request("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", head, target).has_value());
    for (std::string_view same : {"0\r\n", "0\r\n", "0\r\n\r", "0\r\n\r"}) CHECK(decoder.body(same)->consumed == 0);
    CHECK(decoder.body("0\r\n\r\n")->done);
}
