#include "filters/body/grpc_coding.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;
using namespace std::literals;

TEST_CASE("codings are known by their names") {
    CHECK(grpc_coding("") == GrpcCoding::identity);
    CHECK(grpc_coding("identity") == GrpcCoding::identity);
    CHECK(grpc_coding("gzip") == GrpcCoding::gzip);
    CHECK(grpc_coding("deflate") == GrpcCoding::deflate);
    for (auto other : {"snappy", "zstd", "GZIP", "gzip, gzip"}) CHECK(grpc_coding(other) == GrpcCoding::unknown);
}

TEST_CASE("one whole stream is inflated, within its bound") {
    constexpr auto hello = "\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\x00\x06\x2c\x02\x15"sv;
    std::string out = "x";
    REQUIRE(inflate_message(GrpcCoding::deflate, hello, 5, out).has_value());
    CHECK(out == "xhello");
    const auto code = [](GrpcCoding coding, std::string_view bytes, std::size_t most) {
        std::string ignored;
        return inflate_message(coding, bytes, most, ignored).error().code;
    };
    CHECK(code(GrpcCoding::deflate, hello, 4) == Code::body_too_large);
    CHECK(code(GrpcCoding::deflate, hello.substr(0, 8), 5) == Code::body_invalid);
    CHECK(code(GrpcCoding::deflate, "", 5) == Code::body_invalid);
    CHECK(code(GrpcCoding::deflate, std::string(hello) + "x", 5) == Code::body_invalid);
    CHECK(code(GrpcCoding::gzip, hello, 5) == Code::body_invalid);
}
