// The limits of a source hold for the process, whatever worker serves it.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>

#include "tests/support/gate.hpp"
#include "tests/support/peers.hpp"

using namespace bordergate::testing;
using Catch::Contains;

namespace {

GateSettings limited(const Upstream& upstream, const std::string& limits) {
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
    settings.source_more = "    limits: " + limits + "\n";
    settings.workers = 2;
    return settings;
}

std::string get(const Gate& gate) {
    Connection client(gate.port());
    client.send(request("GET", "/v1/x"));
    return client.message();
}

std::string metrics(const Gate& gate) {
    Connection client(gate.port("admin"));
    client.send("GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    return client.all();
}

void answer(Connection& connection) {
    while (!connection.message().empty()) connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
}

}  // namespace

TEST_CASE("over its rate a source gets a 429 that says when to come back, and that is true") {
    Upstream upstream(answer);
    Gate gate(limited(upstream, "{rate: {requests: 4, per: 8s}, burst: 4}"));
    for (int i = 0; i < 4; ++i) CHECK_THAT(get(gate), Catch::StartsWith("HTTP/1.1 200"));
    for (int i = 0; i < 6; ++i) {  // on both workers
        const auto refused = get(gate);
        CHECK_THAT(refused, Catch::StartsWith("HTTP/1.1 429") && Contains("rate_limited") && !Contains("x-should-retry"));
        CHECK_THAT(refused, Contains("retry-after: 2\r\n") || Contains("retry-after: 1\r\n"));
    }
    CHECK(upstream.accepted() <= 4);
    CHECK(gate.recorded("\"code\":\"rate_limited\""));
    CHECK_THAT(gate.records(), Contains("\"verdict\":\"refused\",") && Contains("asks more often"));
    CHECK_THAT(metrics(gate), Contains("bordergate_quota_refusals_total{limit=\"rate\"} 6"));
    ::sleep(2);
    CHECK_THAT(get(gate), Catch::StartsWith("HTTP/1.1 200"));
}

TEST_CASE("a source has no more requests under way than its limit, and each place is free again when its exchange ends") {
    std::mutex door;
    std::condition_variable opened;
    bool open = false;
    std::atomic<int> waiting{0};
    Upstream upstream([&](Connection& connection) {
        while (!connection.message().empty()) {
            ++waiting;
            std::unique_lock lock(door);
            opened.wait(lock, [&] { return open; });
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }
    });
    Gate gate(limited(upstream, "{concurrent: 2}"));
    {
        Connection first(gate.port());
        auto second = std::make_unique<Connection>(gate.port());
        first.send(request("GET", "/v1/x"));
        second->send(request("GET", "/v1/x"));
        for (int tries = 0; waiting < 2 && tries < 1000; ++tries) ::usleep(5'000);
        REQUIRE(waiting == 2);
        for (int i = 0; i < 4; ++i) CHECK_THAT(get(gate), Catch::StartsWith("HTTP/1.1 429") && Contains("retry-after: 1\r\n") && Contains("under way"));
        second.reset();  // a client that goes away leaves its place
        REQUIRE(gate.recorded("\"code\":\"client_gone\""));
        Connection third(gate.port());
        third.send(request("GET", "/v1/x"));
        for (int tries = 0; waiting < 3 && tries < 1000; ++tries) ::usleep(5'000);
        CHECK(waiting == 3);
        const std::lock_guard lock(door);
        open = true;
        opened.notify_all();
    }
    CHECK_THAT(metrics(gate), Contains("bordergate_quota_refusals_total{limit=\"concurrent\"} 4"));
    // The two that have just left give their places back once that is noticed.
    for (int tries = 0; tries < 1000 && get(gate).starts_with("HTTP/1.1 429"); ++tries) ::usleep(5'000);
    for (int i = 0; i < 5; ++i) CHECK_THAT(get(gate), Catch::StartsWith("HTTP/1.1 200"));
}
