#include "proxy/http/h2_flood.hpp"

#include <catch2/catch.hpp>

#include "tests/support/h2_frames.hpp"
#include "tests/support/h2_pair.hpp"

using namespace bordergate;
using namespace bordergate::testing;

namespace {

/// Frames that a server takes before it says that it is enough; -1 if it never does.
int patience(const std::function<std::string(int)>& next, int most = 5000) {
    H2Session server(H2Session::Role::server, {});
    std::string out;
    (void)server.receive(h2::hello());
    for (int i = 0; i < most; ++i) {
        (void)server.receive(next(i));
        (void)server.arrivals();
        out.clear();
        server.produce(out, 1 << 20);
        for (const auto& one : h2::frames(out))
            if (one.type == h2::goaway) return one.code(4) == 11 ? i : -2;
    }
    return -1;
}

std::string open(int i, std::uint8_t flags = h2::end_headers) {
    return h2::frame(h2::headers, flags, static_cast<std::uint32_t>(2 * i + 1), h2::block(h2::request("GET", "/")));
}

}  // namespace

TEST_CASE("h2_flood: the bucket is as deep as it says, fills with time, and with work that got done") {
    FloodGuard guard;
    const auto start = FloodGuard::Clock::now() + std::chrono::seconds(60);
    int taken = 0;
    while (guard.admit(start)) ++taken;
    CHECK(taken == static_cast<int>(FloodGuard::burst));
    CHECK(guard.admit(start + std::chrono::seconds(1)));
    taken = 1;
    while (guard.admit(start + std::chrono::seconds(1))) ++taken;
    CHECK(taken == static_cast<int>(FloodGuard::per_second));
    guard.earn();
    CHECK(guard.admit(start + std::chrono::seconds(1)));
    CHECK_FALSE(guard.admit(start + std::chrono::seconds(1)));
}

TEST_CASE("h2_flood: resets, pings, settings, priorities, empty data and broken frames end the connection") {
    const auto id = [](int i) { return static_cast<std::uint32_t>(2 * i + 1); };
    const auto bounded = [](int taken) { return taken > 100 && taken < 500; };
    CHECK(bounded(patience([&](int i) { return open(i) + h2::frame(h2::rst_stream, 0, id(i), h2::number(8)); })));
    CHECK(bounded(patience([](int) { return h2::frame(h2::ping, 0, 0, "12345678"); })));
    CHECK(bounded(patience([](int) { return h2::frame(h2::settings, 0, 0); })));
    CHECK(bounded(patience([](int) { return h2::frame(h2::priority, 0, 1, h2::number(0) + '\x10'); })));
    CHECK(bounded(patience([&](int i) { return (i == 0 ? open(0) : std::string()) + h2::frame(h2::data, 0, 1); })));
    CHECK(bounded(patience([&](int i) { return (i == 0 ? open(0) : std::string()) + h2::frame(h2::data, h2::padded, 1, std::string(1, '\x7f') + std::string(127, '\0')); })));
    // The peer makes us reset the stream (CVE-2025-8671).
    CHECK(bounded(patience([&](int i) { return open(i) + h2::frame(h2::window_update, 0, id(i), h2::number(0x7fffffff)); })));
    CHECK(bounded(patience([&](int i) { return h2::frame(h2::headers, h2::end_headers, id(i), h2::block(h2::request("GET", "/", {{"a", "b\r\nc"}}))); })));
}

TEST_CASE("h2_flood: a client that measures with a ping for each piece of its answer is no flood") {
    H2Pair pair;
    auto& asked = pair.ask(request_head(), BodyLength::none(), true);
    pair.settle();
    auto& arrived = *pair.arrived.at(0);
    pair.server.respond(*arrived.stream, response_head(), BodyLength::streamed(), false);
    for (int i = 0; i < 3000; ++i) {
        arrived.send("token", false);
        pair.settle();
        REQUIRE(pair.server.receive(h2::frame(h2::ping, 0, 0, "12345678")).has_value());
    }
    CHECK(asked.body.size() == 15'000);
    CHECK_FALSE(pair.server.over());
}

TEST_CASE("h2_flood: answers that are reset by an upstream are its right") {
    H2Pair pair;
    for (int i = 0; i < 1000; ++i) {
        auto& asked = pair.ask(request_head(), BodyLength::none(), true);
        pair.settle();
        pair.server.reset(*pair.arrived.back()->stream, H2Reset::refused_stream);
        pair.settle();
        REQUIRE(asked.stream->unprocessed);
        pair.asked.clear();
        pair.arrived.clear();
    }
    CHECK(pair.client.has_room());
}
