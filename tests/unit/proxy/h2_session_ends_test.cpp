// How streams and connections of an HTTP/2 session end.
#include <catch2/catch.hpp>

#include "proxy/http/h2_session.hpp"
#include "tests/support/h2_frames.hpp"
#include "tests/support/h2_pair.hpp"

using namespace bordergate;
using namespace bordergate::testing;
using bordergate::testing::h2::find;

TEST_CASE("h2_session: bytes of streams that nobody takes give their window back") {
    H2Pair pair;
    const std::string body(50'000, 'x');
    pair.settle();
    for (int i = 0; i < 60; ++i) {  // three times the connection's window
        auto& asked = pair.ask(request_head("POST"), BodyLength::streamed(), false);
        asked.send(body, false);
        std::string bytes;
        pair.client.produce(bytes, 1 << 20);
        REQUIRE(pair.server.receive(bytes).has_value());
        for (auto& stream : pair.server.arrivals()) pair.server.reset(*stream, H2Reset::refused_stream);
        pair.settle();
        REQUIRE(asked.stream->closed);
        REQUIRE(asked.stream->out.empty());
    }
    pair.greedy = true;
    auto& asked = pair.ask(request_head("POST"), BodyLength::streamed(), false);
    asked.send(body, true);
    pair.settle();
    CHECK(pair.arrived.at(0)->body.size() == body.size());
}

TEST_CASE("h2_session: a stream that was left with an answer that nobody takes is reset in time") {
    H2Session server(H2Session::Role::server, {});
    // A window of zero: the client asks and takes nothing.
    REQUIRE(server.receive(std::string(h2::preface) + h2::frame(h2::settings, 0, 0, std::string("\0\4", 2) + h2::number(0)) +
                           h2::frame(h2::headers, h2::end_headers | h2::end_stream, 1, h2::block(h2::request("GET", "/")))).has_value());
    const auto stream = server.arrivals().at(0);
    server.respond(*stream, response_head(), BodyLength::streamed(), false);
    stream->kept = "answer";
    stream->out = stream->kept;
    stream->out_last = true;
    server.leave(*stream);
    std::string out;
    server.produce(out, 1 << 20);
    CHECK(server.has_left_streams());
    CHECK(server.open_streams() == 1);
    const auto now = std::chrono::steady_clock::now();
    server.reset_left(now - std::chrono::hours(1));
    server.produce(out, 1 << 20);
    CHECK(server.open_streams() == 1);
    server.reset_left(now + std::chrono::seconds(1));
    server.produce(out, 1 << 20);
    CHECK(server.open_streams() == 0);
    CHECK_FALSE(server.has_left_streams());
}

TEST_CASE("h2_session: trailers of a stream that was closed meanwhile do not end the connection; a passed-over id does") {
    H2Bounds bounds;
    bounds.streams = 1;
    H2Session server(H2Session::Role::server, bounds);
    const auto get = [](std::uint32_t stream, std::uint8_t flags) { return h2::frame(h2::headers, flags, stream, h2::block(h2::request("GET", "/"))); };
    std::string out;
    REQUIRE(server.receive(h2::hello() + get(1, h2::end_headers)).has_value());
    server.reset(*server.arrivals().at(0), H2Reset::cancel);
    server.produce(out, 1 << 20);
    REQUIRE(server.receive(get(3, h2::end_headers)).has_value());
    server.reset(*server.arrivals().at(0), H2Reset::cancel);
    server.produce(out, 1 << 20);
    REQUIRE(server.receive(h2::frame(h2::headers, h2::end_headers | h2::end_stream, 1, h2::block({{"t", "1"}}))).has_value());
    out.clear();
    server.produce(out, 1 << 20);
    CHECK(find(h2::frames(out), h2::goaway) == nullptr);
    REQUIRE(server.receive(get(9, h2::end_headers)).has_value());
    (void)server.receive(get(7, h2::end_headers));
    server.produce(out, 1 << 20);
    const auto frames = h2::frames(out);
    const auto* goodbye = find(frames, h2::goaway);
    REQUIRE(goodbye != nullptr);
    CHECK(goodbye->code(4) == 1);
}
