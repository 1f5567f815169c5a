// HTTP/2 peers that are slow, silent or hostile: every wait ends, floods end with a goodbye, others are served meanwhile.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>

#include "tests/support/gate.hpp"
#include "tests/support/h2_frames.hpp"
#include "tests/support/h2_peer.hpp"

using namespace bordergate;
using namespace bordergate::testing;
using Catch::Contains;

namespace {

void answer(Connection& connection) {
    while (!connection.message().empty()) connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
}

GateSettings hasty(const Upstream& upstream) {
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
    settings.listener_more = "    protocols: [http2]\n";
    settings.more = "timeouts: {head: 400ms, body: 400ms, first_byte: 400ms, idle: 600ms, total: 900ms}\n";
    return settings;
}

h2::Lines asking(const std::string& path) { return h2::request("GET", path, {{"authorization", "Bearer secret"}}); }

/// Everything that comes until the gate closes, sending `drip` every 50 ms meanwhile; and how long that took.
std::vector<h2::Frame> until_closed(Connection& connection, const std::string& drip, std::chrono::milliseconds& took) {
    const auto start = std::chrono::steady_clock::now();
    std::atomic<bool> over{false};
    std::thread dripping([&] {
        while (!over && !drip.empty()) {
            connection.send(drip);
            ::usleep(50'000);
        }
    });
    const auto bytes = connection.all();
    over = true;
    dripping.join();
    took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
    return h2::frames(bytes);
}

bool said_goodbye(const std::vector<h2::Frame>& frames, std::uint32_t code) {
    for (const auto& one : frames)
        if (one.type == h2::goaway && one.code(4) == code) return true;
    return false;
}

}  // namespace

TEST_CASE("http2: a client that says nothing, stops in a head, or drips one, is closed in time") {
    Upstream upstream(answer);
    Gate gate(hasty(upstream));
    const auto head = h2::block(asking("/v1/x"));
    struct Case {
        const char* name;
        std::string bytes, drip;
    };
    const std::vector<Case> cases{
        {"nothing", "", ""},
        {"half a preface", std::string(h2::preface.substr(0, 10)), ""},
        {"a preface and no settings", std::string(h2::preface), ""},
        {"half a header block", h2::hello() + h2::frame(h2::headers, 0, 1, head), ""},
        {"a header frame that drips", h2::hello() + h2::frame(h2::headers, h2::end_headers, 1, std::string(10'000, 'x')).substr(0, 9) + h2::block({{"x-long", std::string(9'900, 'y')}}).substr(0, 100), "y"},
        {"idle", h2::hello(), ""},
        {"idle with pings", h2::hello(), h2::frame(h2::ping, 0, 0, "12345678")},
    };
    for (const auto& one : cases) {
        INFO(one.name);
        Connection connection(gate.port());
        connection.send(one.bytes);
        std::chrono::milliseconds took{};
        (void)until_closed(connection, one.drip, took);
        CHECK(took > std::chrono::milliseconds(250));
        CHECK(took < std::chrono::milliseconds(3500));
    }
    CHECK(upstream.accepted() == 0);
}

TEST_CASE("http2: a client that takes nothing of its answer loses the stream or the connection") {
    Upstream upstream(answer);
    Gate gate(hasty(upstream));
    Connection connection(gate.port());
    // The window of every stream is zero.
    connection.send(std::string(h2::preface) + h2::frame(h2::settings, 0, 0, std::string("\0\4", 2) + h2::number(0)) + h2::frame(h2::headers, h2::end_headers | h2::end_stream, 1, h2::block(asking("/v1/x"))));
    std::chrono::milliseconds took{};
    const auto frames = until_closed(connection, "", took);
    CHECK(took < std::chrono::milliseconds(4000));
    bool reset = false;
    for (const auto& one : frames) reset = reset || (one.type == h2::rst_stream && one.stream == 1);
    CHECK(reset);
}

TEST_CASE("http2: an exchange that lasts too long is answered with why, and an upstream that is silent too") {
    Upstream silent([](Connection& connection) { (void)connection.all(); });
    for (const bool total : {false, true}) {
        INFO(total);
        auto settings = hasty(silent);
        if (total) settings.more = "timeouts: {total: 500ms}\n";
        Gate gate(settings);
        Connection connection(gate.port());
        H2Peer client(connection, H2Session::Role::client);
        auto& asked = client.ask("GET", "/v1/x");
        CHECK(client.until_end(asked));
        CHECK(asked.end() == "whole");
        CHECK(asked.stream->head.status == 504);
        CHECK_THAT(asked.body, Contains("upstream_timeout"));
    }
}

TEST_CASE("http2: an upstream that is silent while a client still sends is why, not the client that is not read any more") {
    Upstream silent([](Connection& connection) { (void)connection.all(); });
    auto settings = hasty(silent);
    settings.listener_more = "    protocols: [http1, http2]\n";
    settings.more = "timeouts: {body: 5s, first_byte: 300ms}\n";
    Gate gate(settings);
    Connection connection(gate.port());
    H2Peer client(connection, H2Session::Role::client);
    auto& asked = client.ask("POST", "/v1/x", false);
    asked.send("begun", false);
    CHECK(client.until_end(asked));
    CHECK(asked.stream->head.status == 504);
    Connection h1(gate.port());
    h1.send("POST /v1/x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    CHECK_THAT(h1.all(), Catch::StartsWith("HTTP/1.1 504"));
}

TEST_CASE("http2: a request that cannot be read is answered, and one that stops gets 408") {
    Upstream upstream(answer);
    auto settings = hasty(upstream);
    settings.more = "timeouts: {body: 400ms, first_byte: 5s}\n";
    Gate gate(settings);
    Connection connection(gate.port());
    H2Peer client(connection, H2Session::Role::client);
    auto& broken = client.ask("GET", "/%2e%2e/");
    CHECK(client.until_end(broken));
    CHECK(broken.stream->head.status == 400);
    auto& stops = client.ask("POST", "/v1/x", false);
    stops.send("begun", false);
    CHECK(client.until_end(stops));
    CHECK(stops.stream->head.status == 408);
    auto& good = client.ask("GET", "/v1/x");
    CHECK(client.until_end(good));
    CHECK(good.body == "ok");
}

TEST_CASE("http2: floods end with a goodbye while the process stays small and serves others") {
    Upstream upstream(answer);
    auto settings = hasty(upstream);
    settings.more = "timeouts: {idle: 5s}\n";
    Gate gate(settings);
    const auto block = h2::block(asking("/v1/x"));
    const auto id = [](int i) { return static_cast<std::uint32_t>(2 * i + 1); };
    const auto many = [](int count, const std::function<std::string(int)>& one) {
        std::string all = h2::hello();
        for (int i = 0; i < count; ++i) all += one(i);
        return all;
    };
    const auto opened = h2::frame(h2::headers, h2::end_headers, 1, block);
    struct Case {
        const char* name;
        std::string bytes;
        std::uint32_t code;
    };
    const std::vector<Case> cases{
        {"rapid reset", many(5000, [&](int i) { return h2::frame(h2::headers, h2::end_headers | h2::end_stream, id(i), block) + h2::frame(h2::rst_stream, 0, id(i), h2::number(8)); }), 11},
        {"settings", many(5000, [](int) { return h2::frame(h2::settings, 0, 0); }), 11},
        {"ping", many(5000, [](int) { return h2::frame(h2::ping, 0, 0, "12345678"); }), 11},
        {"empty data", many(5000, [&](int i) { return i == 0 ? opened : h2::frame(h2::data, 0, 1); }), 11},
        {"resets that it makes us send", many(5000, [&](int i) { return h2::frame(h2::headers, h2::end_headers, id(i), block) + h2::frame(h2::window_update, 0, id(i), h2::number(0x7fffffff)); }), 11},
    };
    const auto before = resident(gate.process().pid());
    for (const auto& one : cases) {
        INFO(one.name);
        Connection hostile(gate.port());
        std::thread sending([&] { hostile.send(one.bytes); });
        Connection other(gate.port());
        H2Peer client(other, H2Session::Role::client);
        auto& asked = client.ask("GET", "/v1/x");
        CHECK(client.until_end(asked));
        CHECK(asked.body == "ok");
        const auto frames = h2::frames(hostile.all());
        sending.join();
        CHECK(said_goodbye(frames, one.code));
    }
    Connection endless(gate.port());
    std::string flood = h2::hello() + h2::frame(h2::headers, 0, 1, block);
    for (int i = 0; i < 5000; ++i) flood += h2::frame(h2::continuation, 0, 1, "");
    std::thread sending([&] { endless.send(flood); });
    (void)endless.all();
    sending.join();
    CHECK(resident(gate.process().pid()) - before < room * 16 * 1024);
}
