// Destinations that fail, in part or as a whole: what the client sees, what is asked again and of whom, and what is recorded.
#include <atomic>
#include <catch2/catch.hpp>

#include "tests/support/asking.hpp"
#include "tests/support/name_server.hpp"
#include "tests/support/peers.hpp"

using namespace bordergate::testing;
using Catch::Contains;
using Catch::StartsWith;

namespace {

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

void answer(Connection& connection) {
    while (!connection.message().empty()) connection.send(ok);
}

std::size_t intents(const Gate& gate) { return count(gate.records(), "\"kind\":\"intent\""); }

/// A further destination of the route.
std::string destination(const std::string& id, std::uint16_t port, const std::string& country) {
    return "  - id: " + id + "\n    url: " + url(port) + "\n    standing: {location: " + country + ", operator: " + country +
           "}\n    allow_private_address: true\n";
}

/// One destination that has two addresses, each with an upstream.
struct Pair {
    explicit Pair(const std::string& more) {
        names.set("pair.test", {"127.0.0.1", "127.0.0.2"}, 60);
        settings.destination_url = url(first->port(), "pair.test");
        settings.destination_more = more;
        settings.more = "dns: {servers: [\"" + names.address() + "\"]}\n";
    }
    std::unique_ptr<Upstream> first = std::make_unique<Upstream>(answer);
    Upstream second{answer, "127.0.0.2", first->port()};
    NameServer names;
    GateSettings settings;
};

}  // namespace

TEST_CASE("requests go to both addresses of a name, and go on without an error when one of them dies") {
    Pair pair("");
    Gate gate(pair.settings);
    for (int i = 0; i < 40; ++i) CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 200"));
    CHECK(pair.first->accepted() > 0);
    CHECK(pair.second.accepted() > 0);
    pair.first->die();
    for (int i = 0; i < 40; ++i) CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 200"));
    CHECK_THAT(metrics(gate), Contains("bordergate_upstream_ejections_total{destination=\"far\"} 1") &&
                                  Contains("bordergate_upstream_retries_refused_total{destination=\"far\"} 0"));
    CHECK(pair.names.asked("pair.test") == 1);
}

TEST_CASE("an address that was ejected comes back after its time") {
    Pair pair("    health: {passive: {failures: 1, ejection: 300ms}}\n");
    Gate gate(pair.settings);
    const auto port = pair.first->port();
    pair.first->die();
    CHECK(soon([&] {
        CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 200"));
        return metrics(gate).find("bordergate_upstream_ejections_total{destination=\"far\"} 1") != std::string::npos;
    }));
    pair.first = std::make_unique<Upstream>(answer, "127.0.0.1", port);
    CHECK(soon([&] {
        CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 200"));
        return pair.first->accepted() > 0;
    }));
}

TEST_CASE("checks keep requests from an address that is not well, carry no credential, and are announced") {
    std::atomic<bool> well{false};
    std::atomic<int> served{0};
    std::atomic<bool> told_secret{false};
    const auto moody = [&](Connection& connection) {
        for (auto text = connection.message(); !text.empty(); text = connection.message()) {
            const bool check = text.starts_with("GET /up ");
            if (check && text.find("uthorization") != std::string::npos) told_secret = true;
            if (!check) ++served;
            connection.send(check && !well ? "HTTP/1.1 500 Not well\r\nContent-Length: 0\r\n\r\n" : ok);
        }
    };
    Upstream first(moody);
    Upstream second(answer, "127.0.0.2", first.port());
    NameServer names;
    names.set("pair.test", {"127.0.0.1", "127.0.0.2"}, 60);
    GateSettings settings;
    settings.destination_url = url(first.port(), "pair.test");
    settings.destination_more = "    health: {active: {path: /up, interval: 100ms, healthy: 1, unhealthy: 2}}\n";
    settings.more = "dns: {servers: [\"" + names.address() + "\"]}\n";
    Gate gate(settings);
    CHECK(gate.recorded("destination far is asked for /up every 100 ms"));
    REQUIRE(soon([&] { return first.accepted() >= 4; }));
    // Two checks in a row have been answered by then, since no address is asked twice at once.
    for (int i = 0; i < 20; ++i) CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 200"));
    CHECK(served == 0);
    well = true;
    CHECK(soon([&] {
        CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 200"));
        return served > 0;
    }));
    CHECK_FALSE(told_secret);
}

TEST_CASE("a check of a destination that is told clients begins with the PROXY protocol, and tells none") {
    const auto [version, header] = GENERATE(std::pair("v1", std::string("PROXY UNKNOWN\r\n")), std::pair("v2", std::string("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", 16)));
    INFO(version);
    std::atomic<int> told{0}, untold{0};
    Upstream upstream([&, expected = header](Connection& connection) {
        const bool good = connection.exactly(expected.size()) == expected;
        if (connection.message().starts_with("GET /up ") && ++(good ? told : untold) > 0) connection.send(ok);
    });
    GateSettings settings;
    settings.destination_url = url(upstream.port());
    settings.destination_more = std::string("    proxy_protocol: ") + version + "\n    health: {active: {path: /up, interval: 100ms, healthy: 1, unhealthy: 2}}\n";
    Gate gate(settings);
    CHECK(soon([&] { return told >= 2; }));
    CHECK(untold == 0);
}

TEST_CASE("a destination that fails too often is left alone for a time, then tried, then used again") {
    const auto port = free_port();
    GateSettings settings;
    settings.destination_url = url(port);
    settings.destination_more = "    breaker: {failures: 3, open: 1s}\n    retry: {attempts: 0}\n";
    Gate gate(settings);
    for (int i = 0; i < 3; ++i) CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 502"));
    CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 503") && Contains("retry-after: 1") && Contains("upstream_unreachable"));
    CHECK(intents(gate) == 3);
    Upstream upstream(answer, "127.0.0.1", port);
    CHECK(soon([&] { return StartsWith("HTTP/1.1 200").match(ask(gate)); }));
    CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 200"));
    CHECK_THAT(metrics(gate), Contains("bordergate_upstream_breaker_openings_total{destination=\"far\"} 1"));
    upstream.die();
}

TEST_CASE("a request that is lost is repeated once, within the budget, with an intent of its own, and never unless it is idempotent") {
    Upstream upstream([](Connection& connection) { connection.message(); });
    GateSettings settings;
    settings.destination_url = url(upstream.port());
    SECTION("by default once") {
        Gate gate(settings);
        CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 502"));
        CHECK(upstream.accepted() == 2);
        CHECK(intents(gate) == 2);
        CHECK_THAT(ask(gate, "POST", "{}"), StartsWith("HTTP/1.1 502"));
        CHECK(upstream.accepted() == 3);
        CHECK(intents(gate) == 3);
    }
    SECTION("as often as it is told, while the budget lasts") {
        settings.destination_more = "    retry: {attempts: 3, back_off: 1ms, budget: {percent: 0, least: 1}}\n";
        Gate gate(settings);
        for (int i = 0; i < 6; ++i) CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 502"));
        CHECK(upstream.accepted() == 6 + 10);
        CHECK_THAT(metrics(gate), Contains("bordergate_upstream_retries_total{destination=\"far\"} 10") &&
                                      Contains("bordergate_upstream_retries_refused_total{destination=\"far\"} 3"));
    }
    SECTION("not after failures that are not named") {
        settings.destination_more = "    retry: {on: [connect]}\n";
        Gate gate(settings);
        CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 502"));
        CHECK(upstream.accepted() == 1);
    }
}

TEST_CASE("an answer 503 is repeated only where that is asked for, and not before its Retry-After") {
    std::atomic<int> asked{0};
    std::string more;
    Upstream upstream([&](Connection& connection) {
        while (!connection.message().empty())
            connection.send(asked++ % 2 == 0 ? "HTTP/1.1 503 Busy\r\n" + more + "Content-Length: 0\r\n\r\n" : ok);
    });
    GateSettings settings;
    settings.destination_url = url(upstream.port());
    SECTION("not by default") {
        Gate gate(settings);
        CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 503"));
        CHECK(asked == 1);
    }
    settings.destination_more = "    retry: {on: [unavailable], back_off: 1ms}\n";
    SECTION("where it is asked for") {
        Gate gate(settings);
        CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 200"));
        CHECK(intents(gate) == 2);
    }
    SECTION("the upstream's own time is kept") {
        more = "Retry-After: 60\r\n";
        Gate gate(settings);
        CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 503") && Contains("60"));
        CHECK(asked == 1);
    }
    SECTION("a POST is never sent twice") {
        Gate gate(settings);
        CHECK_THAT(ask(gate, "POST", "{}"), StartsWith("HTTP/1.1 503"));
        CHECK(asked == 1);
    }
}

TEST_CASE("no more connections are opened than the destination may have; who waits too long or is one too many gets 503") {
    std::atomic<int> arrived{0};
    std::atomic<bool> free{false};
    Upstream upstream([&](Connection& connection) {
        while (!connection.message().empty()) {
            ++arrived;
            soon([&] { return free.load(); });
            connection.send(ok);
        }
    });
    GateSettings settings;
    settings.destination_url = url(upstream.port());
    const auto first_arrives = [&](Gate& gate, Connection& first) {
        first.send(request("GET", "/v1/x"));
        REQUIRE(soon([&] { return arrived == 1; }));
        (void)gate;
    };
    SECTION("one waits for the connection of the other") {
        settings.destination_more = "    pool: {connections: 1, wait: 10s}\n";
        Gate gate(settings);
        Connection first(gate.port()), second(gate.port());
        first_arrives(gate, first);
        second.send(request("GET", "/v1/x"));
        CHECK_THAT(metrics(gate), Contains("bordergate_upstream_connections{destination=\"far\"} 1"));
        free = true;
        CHECK_THAT(first.message(), StartsWith("HTTP/1.1 200"));
        CHECK_THAT(second.message(), StartsWith("HTTP/1.1 200"));
        CHECK(upstream.accepted() == 1);
    }
    SECTION("nobody may wait") {
        settings.destination_more = "    pool: {connections: 1, pending: 0}\n";
        Gate gate(settings);
        Connection first(gate.port());
        first_arrives(gate, first);
        CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 503") && Contains("overloaded") && Contains("retry-after"));
        free = true;
        CHECK_THAT(first.message(), StartsWith("HTTP/1.1 200"));
    }
    SECTION("requests are bounded too, and a wait ends") {
        settings.destination_more = "    pool: {requests: 1, wait: 50ms}\n";
        Gate gate(settings);
        Connection first(gate.port());
        first_arrives(gate, first);
        CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 503") && Contains("overloaded"));
        CHECK(intents(gate) == 1);
        free = true;
        CHECK_THAT(first.message(), StartsWith("HTTP/1.1 200"));
        CHECK_THAT(metrics(gate), Contains("bordergate_upstream_overloaded_total{destination=\"far\"} 1"));
    }
}

TEST_CASE("a destination has time-outs of its own") {
    Upstream upstream([](Connection& connection) {
        connection.message();
        connection.all();
    });
    GateSettings settings;
    settings.destination_url = url(upstream.port());
    settings.destination_more = "    timeouts: {first_byte: 200ms}\n";
    Gate gate(settings);
    CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 504"));
}

TEST_CASE("a request goes on to the next lawful destination, and the record calls it rerouted") {
    Upstream near(answer);
    GateSettings settings;
    settings.destination_url = url(free_port());
    settings.destination_more = destination("near", near.port(), "US");
    settings.route_destinations = "far, near";
    SECTION("after a connection that could not be made, whatever the method") {
        Gate gate(settings);
        CHECK_THAT(ask(gate, "POST", "{\"a\":1}"), StartsWith("HTTP/1.1 200"));
        CHECK(gate.recorded("\"verdict\":\"rerouted\""));
        const auto records = gate.records();
        CHECK_THAT(records, Contains("\"asked\":\"far\"") && Contains("cannot reach 127.0.0.1"));
        CHECK(count(records, "\"destination\":\"near\"") == 2);
        CHECK_THAT(metrics(gate), Contains("bordergate_upstream_failovers_total{destination=\"far\"} 1"));
    }
    SECTION("while the breaker leaves the first alone, without asking it") {
        settings.destination_more = "    breaker: {failures: 1, open: 1h, longest: 1h}\n" + settings.destination_more;
        Gate gate(settings);
        for (int i = 0; i < 3; ++i) CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 200"));
        CHECK(count(gate.records(), "\"destination\":\"far\"") == 1);
    }
}

TEST_CASE("a request that a destination fails never goes to one where it may not be") {
    constexpr const char* rules =
        "  - {id: us, permit: clear, data: [plain, opaque, personal], from: EEA, to: US}\n"
        "  - {id: jp, permit: mask, data: personal, from: EEA, to: JP, with: redact}\n"
        "  - {id: jp-plain, permit: clear, data: plain, from: EEA, to: JP}\n"
        "  - {id: kr-plain, permit: clear, data: plain, from: EEA, to: KR}\n"
        "  - {id: back, permit: clear, data: [plain, opaque, personal], from: [US, JP, KR], to: EEA}\n";
    const std::string personal = "{\"text\":\"write to john.smith@example.com\"}";
    std::string received;
    Upstream other([&](Connection& connection) {
        for (auto text = connection.message(); !text.empty(); text = connection.message()) {
            received = text;
            connection.send(ok);
        }
    });
    GateSettings settings;
    settings.rules = rules;
    settings.destination_url = url(free_port());
    settings.route_destinations = "far, other";
    SECTION("no permit at all") {
        settings.destination_more = destination("other", other.port(), "RU");
        Gate gate(settings);
        CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 502") && Contains("upstream_unreachable"));
        CHECK_THAT(ask(gate, "POST", personal), StartsWith("HTTP/1.1 502"));
        CHECK(other.accepted() == 0);
        CHECK_THAT(gate.records(), !Contains("\"destination\":\"other\""));
    }
    SECTION("it is passed over for a lawful one behind it") {
        Upstream lawful(answer);
        settings.destination_more = destination("other", other.port(), "RU") + destination("lawful", lawful.port(), "US");
        settings.route_destinations = "far, other, lawful";
        Gate gate(settings);
        CHECK_THAT(ask(gate, "POST", personal), StartsWith("HTTP/1.1 200"));
        CHECK(other.accepted() == 0);
        CHECK(lawful.accepted() == 1);
    }
    SECTION("lawful for one message is not lawful for another: the body is read then") {
        settings.destination_more = destination("other", other.port(), "KR");
        Gate gate(settings);
        CHECK_THAT(ask(gate, "POST", personal), StartsWith("HTTP/1.1 502"));
        CHECK(other.accepted() == 0);
        CHECK_THAT(ask(gate, "POST", "{\"text\":\"nothing\"}"), StartsWith("HTTP/1.1 200"));
        CHECK_THAT(received, Contains("nothing"));
    }
    SECTION("what went in clear to the first is masked for the second") {
        settings.destination_more = destination("other", other.port(), "JP");
        Gate gate(settings);
        CHECK_THAT(ask(gate, "POST", personal), StartsWith("HTTP/1.1 200"));
        CHECK_THAT(received, Contains("write to") && !Contains("john.smith"));
        CHECK(gate.recorded("\"verdict\":\"rerouted\""));
    }
    SECTION("a held body that the first took and lost is prepared anew from what came") {
        Upstream loses([](Connection& connection) { connection.message(); });
        settings.rules = std::string("  - {id: no-health, limit: refuse, data: health, from: EEA, to: {not: EEA}}\n") + rules;
        settings.destination_url = url(loses.port());
        settings.destination_more = "    retry: {attempts: 0}\n" + destination("other", other.port(), "JP");
        Gate gate(settings);
        CHECK_THAT(ask(gate, "PUT", personal), StartsWith("HTTP/1.1 200"));
        CHECK_THAT(received, Contains("write to") && !Contains("john.smith"));
        CHECK(loses.accepted() == 1);
        CHECK_THAT(ask(gate, "POST", personal), StartsWith("HTTP/1.1 502"));
    }
}

TEST_CASE("the client's own credential goes to no other destination, and to none twice") {
    std::string received;
    Upstream other([&](Connection& connection) {
        received = connection.message();
        connection.send(ok);
        connection.all();
    });
    Upstream loses([&](Connection& connection) { connection.message(); });
    GateSettings settings;
    settings.destination_url = url(loses.port());
    settings.destination_more = "    forward_credentials: true\n" + destination("other", other.port(), "US") + "    forward_credentials: true\n";
    settings.route_destinations = "far, other";
    Gate gate(settings);
    CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 200"));
    CHECK(loses.accepted() == 1);
    CHECK_THAT(received, StartsWith("GET /v1/x") && !Contains("uthorization") && !Contains("secret"));
}
