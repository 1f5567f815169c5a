// A second attempt beside the first where something else is going on too: a breaker that is open or on trial, a gate that
// drains.
#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>

#include "tests/support/h2_peer.hpp"
#include "tests/support/hedging.hpp"

using namespace bordergate::testing;
using Catch::Contains;
using Catch::StartsWith;

TEST_CASE("hedge: a destination that is left alone is passed over for the next one, and costs nothing of the budget") {
    Silent silent;
    Upstream quick(answer_quick);
    const auto gone = free_port();
    const bool third = GENERATE(true, false);
    // `far` is asked, and when it is silent `near`, which nobody listens for: once, and then its breaker is open.
    auto settings = two(silent.upstream.port(), gone, "US", hedged + "    timeouts: {first_byte: 400ms}\n    breaker: {failures: 1000}\n    retry: {attempts: 0, budget: {percent: 0, least: 2}}\n");
    settings.destination_more += "    breaker: {failures: 1, open: 60s}\n    retry: {attempts: 0}\n";
    if (third) {
        settings.destination_more += destination("third", quick.port(), "US");
        settings.route_destinations += ", third";
    }
    Gate gate(settings);
    CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 504"));
    REQUIRE(soon([&] { return metrics(gate).find("bordergate_upstream_breaker_openings_total{destination=\"near\"} 1") != std::string::npos; }));
    CHECK(Contains("quick").match(ask(gate)) == third);
    CHECK(count(gate.records(), "\"kind\":\"intent\"") == (third ? 4 : 3));
    CHECK_THAT(metrics(gate), Contains("bordergate_upstream_retries_refused_total{destination=\"far\"} 0") && Contains("bordergate_hedges_total{destination=\"far\"} " + std::string(third ? "2" : "1")));
}

TEST_CASE("hedge: a destination on trial that another one outruns is left alone again") {
    std::atomic<bool> loses{true};
    std::atomic<int> asked{0};
    Upstream far([&](Connection& connection) {
        if (connection.message().empty()) return;
        ++asked;
        if (!loses) connection.all();
    });
    Upstream quick(answer_quick);
    Gate gate(two(far.port(), quick.port(), "US", hedged + "    breaker: {failures: 1, open: 1s, longest: 60s}\n    retry: {attempts: 0}\n"));
    CHECK_THAT(ask(gate), Contains("quick"));  // its failure opens the breaker
    CHECK(asked == 1);
    loses = false;
    // While it is open nobody asks it; then one request does, for which another answers.
    CHECK(soon([&] { return Contains("quick").match(ask(gate)) && asked == 2; }));
    CHECK(soon([&] { return metrics(gate).find("bordergate_hedges_won_total{destination=\"far\"} 1") != std::string::npos; }));
    for (int i = 0; i < 5; ++i) CHECK_THAT(ask(gate), Contains("quick"));
    CHECK(asked == 2);
    CHECK_THAT(metrics(gate), Contains("bordergate_upstream_breaker_openings_total{destination=\"far\"} 2") && Contains("bordergate_upstream_failures_total{destination=\"far\"} 1"));
}

TEST_CASE("hedge: a second attempt is still made, and answers, while the gate drains") {
    for (const bool http2 : {false, true}) {
        Silent silent;
        Upstream quick([&](Connection& connection) {
            if (!http2) return answer_quick(connection);
            serve_h2(connection, [](H2Peer& peer, StreamNotes& asked) { peer.answer(asked, 200, "quick"); });
        });
        auto settings = two(silent.upstream.port(), quick.port(), "US", "    hedge: {after: 700ms}\n");
        if (http2) settings.destination_more += "    protocols: [http2]\n";
        settings.more = "timeouts: {drain: 10s}\n";
        Gate gate(settings);
        // A connection to the other destination is there already, and the drain ends it.
        CHECK_THAT(ask(gate), Contains("quick"));
        {
            Connection client(gate.port());
            client.send(request("GET", "/v1/x"));
            REQUIRE(soon([&] { return silent.asked == 2; }));
            gate.process().signal(SIGTERM);
            REQUIRE(gate.recorded("draining"));
            CHECK_THAT(client.message(), StartsWith("HTTP/1.1 200") && Contains("quick") && Contains("connection: close"));
        }
        CHECK(gate.process().wait() == 0);
        CHECK(count(gate.records(), "\"kind\":\"outcome\"") == 4);
        CHECK(count(gate.records(), "\"code\":\"hedge_lost\"") == 2);
        CHECK(quick.accepted() == 2);
    }
}

TEST_CASE("hedge: what both attempts wait for when the drain is over ends with the process, and nothing outlives it") {
    Silent first, second;
    auto settings = two(first.upstream.port(), second.upstream.port());
    settings.more = "timeouts: {drain: 200ms}\n";
    Gate gate(settings);
    Connection client(gate.port());
    client.send(request("GET", "/v1/x"));
    REQUIRE(soon([&] { return second.asked == 1; }));
    gate.process().signal(SIGTERM);
    CHECK(gate.process().wait() == 0);
    CHECK(client.all().empty());
    CHECK(soon([&] { return first.parted == 1 && second.parted == 1; }));
    CHECK(count(gate.records(), "\"kind\":\"intent\"") == 2);
}
