// Chunked bodies: the same however reads split them; what is not chunked as it should be is a fault of its side.
#include "proxy/http/chunk_decoder.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace bordergate;

namespace {

/// Decodes `bytes` read `size` at a time; what is left over goes to `rest`. The fault's name if it has one.
std::string decode(ChunkDecoder& decoder, std::string_view bytes, std::size_t size, std::string& rest) {
    std::string body;
    rest.clear();
    while (!decoder.done()) {
        if (bytes.empty()) return body + "<short>";
        rest.append(bytes.substr(0, size));
        bytes.remove_prefix(std::min(size, bytes.size()));
        while (!rest.empty() && !decoder.done()) {
            const auto step = decoder.next(rest);
            if (step.has_error()) return "<" + std::string(info(step.error().code).name) + ">";
            body.append(step->bytes);
            rest.erase(0, step->consumed);
            if (step->consumed == 0) break;
        }
    }
    rest.append(bytes);
    return body;
}

}  // namespace

TEST_CASE("a decoder of chunks ends where the body ends and keeps its trailers apart") {
    const std::string_view bytes = "5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nX-Sum: 1\r\nY:\r\n\r\nnext";
    for (std::size_t size = 1; size <= bytes.size(); ++size) {
        INFO(size);
        ChunkDecoder decoder(Code::framing_invalid);
        CHECK_FALSE(decoder.done());
        std::string rest;
        CHECK(decode(decoder, bytes, size, rest) == "hello!");
        CHECK(rest == "next");
        CHECK(decoder.trailers().size() == 2);
        CHECK(decoder.trailers().get("x-sum") == "1");
    }
}

TEST_CASE("a broken chunk, or a trailer that would frame anew, is a fault of whose body it is") {
    for (std::string_view bytes : {"x\r\n", "5\r\nhello!\r\n0\r\n\r\n", "0\r\nContent-Length: 3\r\n\r\n", "0\r\nTransfer-Encoding: chunked\r\n\r\n",
                                   "0\r\nConnection: a b\r\n\r\n", "0\r\nno colon\r\n\r\n"}) {
        INFO(bytes);
        std::string rest;
        ChunkDecoder of_client(Code::framing_invalid), of_upstream(Code::upstream_invalid);
        CHECK(decode(of_client, bytes, 100, rest) == "<framing_invalid>");
        CHECK(decode(of_upstream, bytes, 1, rest) == "<upstream_invalid>");
    }
}
