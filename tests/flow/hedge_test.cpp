// Hedged requests: a destination that is too slow is asked beside another one that may have the request, or at another of
// its addresses. Who answers first is heard, and both are on record.
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>

#include "tests/support/gate.hpp"
#include "tests/support/name_server.hpp"
#include "tests/support/peers.hpp"

using namespace bordergate::testing;
using Catch::Contains;
using Catch::StartsWith;

namespace {

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const std::string hedge = "    hedge: {after: 50ms}\n";

void answer(Connection& connection) {
    while (!connection.message().empty()) connection.send(ok);
}

/// Takes requests and says nothing, until its connection is closed.
struct Silent {
    std::atomic<int> asked{0}, left{0};
    void operator()(Connection& connection) {
        if (connection.message().empty()) return;
        ++asked;
        connection.all();
        ++left;
    }
};

std::string ask(Gate& gate, const std::string& method = "GET", const std::string& body = {}) {
    Connection client(gate.port());
    client.send(request(method, "/v1/x", body));
    return client.message();
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
    return found;
}

std::string metrics(Gate& gate) {
    Connection client(gate.port("admin"));
    client.send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    return client.message();
}

std::string url(std::uint16_t port, const std::string& host = "127.0.0.1") { return "http://" + host + ":" + std::to_string(port); }

std::string destination(const std::string& id, std::uint16_t port, const std::string& country) {
    return "  - id: " + id + "\n    url: " + url(port) + "\n    standing: {location: " + country + ", operator: " + country + "}\n    allow_private_address: true\n";
}

/// A silent destination, and one behind it that answers.
struct Two {
    explicit Two(const std::string& more = hedge, const std::string& country = "US") {
        settings.destination_url = url(slow.port());
        settings.destination_more = more + "    timeouts: {first_byte: 2s}\n" + destination("quick", quick.port(), country);
        settings.route_destinations = "far, quick";
    }
    Silent silence;
    Upstream slow{[this](Connection& connection) { silence(connection); }};
    Upstream quick{answer};
    GateSettings settings;
};

/// The records, once `outcomes` attempts have ended.
std::string records(Gate& gate, std::size_t outcomes) {
    for (int i = 0; i < 1000 && count(gate.records(), "\"kind\":\"outcome\"") < outcomes; ++i) ::usleep(10'000);
    return gate.records();
}

}  // namespace

TEST_CASE("a second attempt at the next lawful destination answers for a silent one, and both are on record") {
    Two two;
    Gate gate(two.settings);
    CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 200") && Contains("ok"));
    const auto told = records(gate, 2);
    CHECK(count(told, "\"kind\":\"intent\"") == 2);
    CHECK(count(told, "\"kind\":\"outcome\"") == 2);
    CHECK(count(told, "\"hedge_of\":") == 2);
    CHECK_THAT(told, Contains("\"code\":\"hedge_lost\"") && Contains("\"verdict\":\"rerouted\"") && Contains("\"destination\":\"quick\""));
    CHECK_THAT(metrics(gate), Contains("bordergate_hedges_total{destination=\"far\"} 1") && Contains("bordergate_hedges_won_total{destination=\"far\"} 1"));
    // The loser's connection was closed, and no later answer of it can be taken for another's.
    for (int i = 0; i < 1000 && two.silence.left == 0; ++i) ::usleep(10'000);
    CHECK(two.silence.left == 1);
}

TEST_CASE("a held body goes to both") {
    Two two;
    std::string received;
    Upstream keeps([&](Connection& connection) {
        received = connection.message();
        connection.send(ok);
        connection.all();
    });
    two.settings.destination_more = hedge + destination("quick", keeps.port(), "US");
    two.settings.rules = "  - {id: no-health, limit: refuse, data: health, from: EEA, to: {not: EEA}}\n"
                         "  - {id: us, permit: clear, data: [plain, opaque, personal, financial, credential], from: EEA, to: US}\n"
                         "  - {id: back, permit: clear, data: [plain, opaque, personal, financial, credential], from: US, to: EEA}\n";
    Gate gate(two.settings);
    CHECK_THAT(ask(gate, "PUT", "{\"a\":\"both\"}"), StartsWith("HTTP/1.1 200"));
    CHECK_THAT(received, Contains("{\"a\":\"both\"}"));
    CHECK(two.silence.asked == 1);
}

TEST_CASE("the other address of a destination is asked first") {
    std::atomic<int> asked{0}, left{0};
    const auto first_is_silent = [&](Connection& connection) {
        while (!connection.message().empty()) {
            if (asked++ == 0) {
                connection.all();
                ++left;
                return;
            }
            connection.send(ok);
        }
    };
    Upstream one(first_is_silent);
    Upstream other(first_is_silent, "127.0.0.2", one.port());
    NameServer names;
    names.set("pair.test", {"127.0.0.1", "127.0.0.2"}, 60);
    GateSettings settings;
    settings.destination_url = url(one.port(), "pair.test");
    settings.destination_more = hedge;
    settings.more = "dns: {servers: [\"" + names.address() + "\"]}\n";
    Gate gate(settings);
    CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 200"));
    const auto told = records(gate, 2);
    CHECK(one.accepted() == 1);
    CHECK(other.accepted() == 1);
    CHECK(count(told, "\"destination\":\"far\"") == 4);
    CHECK_THAT(told, Contains("\"code\":\"hedge_lost\"") && !Contains("rerouted"));
    CHECK_THAT(told, Contains("\"address\":\"127.0.0.1:") && Contains("\"address\":\"127.0.0.2:"));
}

TEST_CASE("there is no second attempt where none was asked for, or the request must not be repeated, or nobody else may have it") {
    const auto unanswered = [](Two& two, const std::string& method, const std::string& body) {
        Gate gate(two.settings);
        CHECK_THAT(ask(gate, method, body), StartsWith("HTTP/1.1 504"));
        CHECK(two.quick.accepted() == 0);
        CHECK(count(gate.records(), "\"kind\":\"intent\"") == 1);
        CHECK_THAT(gate.records(), !Contains("hedge"));
    };
    SECTION("not configured") {
        Two two("    retry: {attempts: 0}\n");
        two.settings.destination_more += "";
        Gate gate(two.settings);
        (void)ask(gate);
        CHECK_THAT(gate.records(), !Contains("hedge"));
        CHECK_THAT(metrics(gate), !Contains("bordergate_hedges_total{destination=\"far\"} 1"));
    }
    SECTION("not idempotent") {
        Two two;
        unanswered(two, "POST", "{\"a\":1}");
    }
    SECTION("not lawful there") {
        Two two(hedge, "RU");
        two.settings.rules = "  - {id: us, permit: clear, data: [plain, opaque, personal, financial, credential], from: EEA, to: US}\n"
                             "  - {id: back, permit: clear, data: [plain, opaque, personal, financial, credential], from: US, to: EEA}\n";
        unanswered(two, "GET", "");
    }
}

TEST_CASE("a second attempt costs from the budget of the retries") {
    Two two(hedge + "    retry: {attempts: 0, budget: {percent: 0, least: 1}}\n");
    Gate gate(two.settings);
    // The budget has ten to begin with.
    for (int i = 0; i < 10; ++i) CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 200"));
    const auto before = two.quick.accepted();
    (void)ask(gate);
    CHECK_THAT(metrics(gate), Contains("bordergate_hedges_total{destination=\"far\"} 10") && Contains("bordergate_upstream_retries_refused_total{destination=\"far\"} 1"));
    CHECK(before >= 1);
}

TEST_CASE("a second attempt that cannot be made leaves the first going on") {
    std::atomic<bool> go{false};
    Upstream late([&](Connection& connection) {
        while (!connection.message().empty()) {
            for (int i = 0; i < 1000 && !go; ++i) ::usleep(10'000);
            connection.send(ok);
        }
    });
    GateSettings settings;
    settings.destination_url = url(late.port());
    settings.destination_more = hedge + destination("closed", free_port(), "US");
    settings.route_destinations = "far, closed";
    Gate gate(settings);
    Connection client(gate.port());
    client.send(request("GET", "/v1/x"));
    CHECK(gate.recorded("\"hedge_of\""));
    go = true;
    CHECK_THAT(client.message(), StartsWith("HTTP/1.1 200"));
    const auto told = records(gate, 2);
    CHECK_THAT(told, Contains("\"code\":\"upstream_unreachable\"") && Contains("\"verdict\":\"clear\""));
    CHECK(count(told, "\"hedge_of\"") == 2);
}

TEST_CASE("a client that leaves ends both attempts, and so does the end of the whole exchange's time") {
    Silent other;
    Upstream second([&](Connection& connection) { other(connection); });
    Two two;
    two.settings.destination_more = hedge + destination("quick", second.port(), "US");
    SECTION("the client") {
        Gate gate(two.settings);
        {
            Connection client(gate.port());
            client.send(request("GET", "/v1/x"));
            for (int i = 0; i < 1000 && (two.silence.asked == 0 || other.asked == 0); ++i) ::usleep(10'000);
        }
        const auto told = records(gate, 2);
        CHECK(count(told, "\"code\":\"client_gone\"") == 2);
    }
    SECTION("the time") {
        two.settings.more = "timeouts: {total: 500ms}\n";
        Gate gate(two.settings);
        CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 504"));
        CHECK(count(records(gate, 2), "\"code\":\"upstream_timeout\"") == 2);
    }
    for (int i = 0; i < 1000 && (two.silence.left == 0 || other.left == 0); ++i) ::usleep(10'000);
    CHECK(two.silence.left == 1);
    CHECK(other.left == 1);
}
