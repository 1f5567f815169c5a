// A destination that is slow to answer, and a second attempt made beside the first: whose answer the client gets, what is
// recorded of both, and where there is no second attempt.
#include <atomic>
#include <catch2/catch.hpp>

#include "tests/support/h2_peer.hpp"
#include "tests/support/hedging.hpp"
#include "tests/support/name_server.hpp"

using namespace bordergate::testing;
using Catch::Contains;
using Catch::StartsWith;

TEST_CASE("hedge: where the first is silent the answer of the next destination is taken, and both attempts are recorded") {
    Silent silent;
    Upstream quick(answer_quick);
    Gate gate(two(silent.upstream.port(), quick.port()));
    const auto answer = ask(gate);
    CHECK_THAT(answer, StartsWith("HTTP/1.1 200") && Contains("quick"));
    CHECK(soon([&] { return silent.parted == 1; }));
    CHECK(gate.recorded("\"verdict\":\"rerouted\""));
    const auto first = record(gate, "outcome", "\"destination\":\"far\""), second = record(gate, "outcome", "\"destination\":\"near\"");
    CHECK_THAT(first, Contains("\"code\":\"hedge_lost\"") && Contains("answered first") && Contains("\"verdict\":\"clear\"") && !Contains("hedge_of"));
    CHECK_THAT(second, Contains("\"hedge_of\":\"") && Contains("\"asked\":\"far\"") && Contains("did not answer within 100 ms") && Contains("\"status\":200"));
    CHECK_THAT(record(gate, "intent", "\"destination\":\"near\""), Contains("\"hedge_of\":\"") && Contains("\"ceilings\""));
    CHECK_FALSE(record(gate, "intent", "\"destination\":\"far\"").empty());
    // The client is told the attempt whose answer it has.
    const auto id = second.substr(second.find("\"attempt\":\"") + 11);
    CHECK_THAT(answer, Contains("bordergate-attempt: " + id.substr(0, id.find('"'))));
    CHECK(count(gate.records(), "\"kind\":\"outcome\"") == 2);
    CHECK_THAT(metrics(gate), Contains("bordergate_hedges_total{destination=\"far\"} 1") && Contains("bordergate_hedges_won_total{destination=\"far\"} 1") &&
                                  Contains("bordergate_upstream_active_requests{destination=\"far\"} 0") && Contains("bordergate_upstream_active_requests{destination=\"near\"} 0"));
}

TEST_CASE("hedge: another address of the same destination comes before another destination") {
    Silent silent;
    Upstream quick(answer_quick, "127.0.0.2", silent.upstream.port());
    Upstream near(answer_quick);
    NameServer names;
    names.set("pair.test", {"127.0.0.1", "127.0.0.2"}, 60);
    auto settings = two(silent.upstream.port(), near.port(), "US", "    balance: in_order\n" + hedged);
    settings.destination_url = url(silent.upstream.port(), "pair.test");
    settings.more = "dns: {servers: [\"" + names.address() + "\"]}\n";
    Gate gate(settings);
    CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 200") && Contains("quick"));
    CHECK(quick.accepted() == 1);
    CHECK(near.accepted() == 0);
    CHECK(soon([&] { return silent.parted == 1; }));
    CHECK(count(gate.records(), "\"kind\":\"intent\"") == 2);
    CHECK_THAT(record(gate, "intent", "\"hedge_of\""), Contains("\"destination\":\"far\"") && Contains("127.0.0.2:"));
    CHECK(gate.recorded("hedge_lost"));
}

TEST_CASE("hedge: over HTTP/2 the attempt that lost is reset alone, and its connection goes on") {
    std::atomic<int> asked{0}, resets{0};
    Upstream silent([&](Connection& connection) {
        H2Peer peer(connection, bordergate::H2Session::Role::server);
        std::size_t seen = 0;
        (void)peer.until([&] {
            for (; seen < peer.notes.size(); ++seen) ++asked;
            int over = 0;
            for (auto& one : peer.notes) over += one->stream->closed && one->stream->error == 8 ? 1 : 0;  // CANCEL
            resets = over;
            return false;
        });
    });
    Upstream quick(answer_quick);
    Gate gate(two(silent.port(), quick.port(), "US", "    protocols: [http2]\n" + hedged));
    for (int i = 1; i <= 2; ++i) {
        CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 200") && Contains("quick"));
        CHECK(soon([&] { return asked == i && resets == i; }));
    }
    CHECK(silent.accepted() == 1);
}

TEST_CASE("hedge: the first may still win, and the other is cut") {
    std::atomic<bool> free{false};
    Upstream slow([&](Connection& connection) {
        while (!connection.message().empty()) {
            soon([&] { return free.load(); });
            connection.send(answering("slow"));
        }
    });
    Silent silent;
    Gate gate(two(slow.port(), silent.upstream.port()));
    Connection client(gate.port());
    client.send(request("GET", "/v1/x"));
    REQUIRE(soon([&] { return silent.asked == 1; }));
    free = true;
    CHECK_THAT(client.message(), StartsWith("HTTP/1.1 200") && Contains("slow"));
    CHECK(soon([&] { return silent.parted == 1; }));
    CHECK(gate.recorded("\"verdict\":\"clear\""));
    CHECK_THAT(record(gate, "outcome", "\"destination\":\"near\""), Contains("\"code\":\"hedge_lost\"") && Contains("\"hedge_of\""));
    CHECK_THAT(record(gate, "outcome", "\"destination\":\"far\""), !Contains("\"code\"") && Contains("\"status\":200"));
    // The connection of the winner is kept, and serves on.
    client.send(request("GET", "/v1/x"));
    CHECK_THAT(client.message(), Contains("slow"));
    CHECK(slow.accepted() == 1);
    CHECK_THAT(metrics(gate), Contains("bordergate_hedges_total{destination=\"far\"} 1") && Contains("bordergate_hedges_won_total{destination=\"far\"} 0"));
}

TEST_CASE("hedge: what the loser answers late reaches nobody") {
    std::atomic<int> asked{0}, free{0}, late{0};
    Upstream slow([&](Connection& connection) {
        if (connection.message().empty()) return;
        const int round = ++asked;
        soon([&] { return free >= round; });
        connection.send(answering("late"));
        ++late;
        connection.all();
    });
    Upstream quick(answer_quick);
    Gate gate(two(slow.port(), quick.port()));
    Connection client(gate.port());
    for (int i = 0; i < 3; ++i) {
        client.send(request("GET", "/v1/x"));
        CHECK_THAT(client.message(), Contains("quick"));
        ++free;
        REQUIRE(soon([&] { return late == i + 1; }));
    }
}

TEST_CASE("hedge: there is none where it is not asked for, not lawful or not safe") {
    Upstream slow([](Connection& connection) {
        connection.message();
        connection.all();
    });
    Upstream quick(answer_quick);
    const std::string soon_over = "    timeouts: {first_byte: 600ms}\n    retry: {attempts: 0}\n";
    SECTION("off by default") {
        Gate gate(two(slow.port(), quick.port(), "US", soon_over + "    breaker: {failures: 100}\n"));
        CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 504"));
    }
    SECTION("the only other destination may not have it") {
        Gate gate(two(slow.port(), quick.port(), "RU", soon_over + hedged));
        CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 504") && Contains("upstream_timeout"));
    }
    SECTION("a POST") {
        Gate gate(two(slow.port(), quick.port(), "US", soon_over + hedged));
        CHECK_THAT(ask(gate, "POST", "{\"a\":1}"), StartsWith("HTTP/1.1 504"));
    }
    SECTION("a body that is not held") {
        Gate gate(two(slow.port(), quick.port(), "US", soon_over + hedged));
        CHECK_THAT(ask(gate, "PUT", "{\"a\":1}"), StartsWith("HTTP/1.1 504"));
    }
    CHECK(quick.accepted() == 0);
}

TEST_CASE("hedge: a held body is judged and rewritten anew for the other destination, and as it was for the first one's repetition") {
    std::atomic<bool> drop{false}, fails{false};
    std::string again, received;
    Upstream loses([&](Connection& connection) {
        const auto text = connection.message();
        if (text.empty()) return;
        if (drop) {
            again = text;
            connection.send(answering("again"));
        }
        soon([&] { return drop.load(); });
    });
    Upstream other([&](Connection& connection) {
        for (auto text = connection.message(); !text.empty(); text = connection.message()) {
            received = text;
            if (fails) {
                drop = true;  // both are lost
                return;
            }
            connection.send(answering("other"));
        }
    });
    auto settings = two(loses.port(), other.port(), "JP");
    settings.rules =
        "  - {id: no-health, limit: refuse, data: health, from: EEA, to: {not: EEA}}\n"
        "  - {id: us, permit: clear, data: [plain, opaque, personal], from: EEA, to: US}\n"
        "  - {id: jp, permit: mask, data: personal, from: EEA, to: JP, with: redact}\n"
        "  - {id: jp-plain, permit: clear, data: plain, from: EEA, to: JP}\n"
        "  - {id: back, permit: clear, data: [plain, opaque, personal], from: [US, JP], to: EEA}\n";
    Gate gate(settings);
    const std::string personal = "{\"text\":\"write to john.smith@example.com\"}";
    CHECK_THAT(ask(gate, "PUT", personal), StartsWith("HTTP/1.1 200") && Contains("other"));
    CHECK_THAT(received, Contains("write to") && !Contains("john.smith"));
    CHECK(gate.recorded("\"verdict\":\"rerouted\""));
    CHECK_THAT(record(gate, "outcome", "\"destination\":\"near\""), Contains("\"masked\":1"));
    CHECK_THAT(record(gate, "outcome", "\"destination\":\"far\""), !Contains("\"masked\"") && Contains("hedge_lost"));
    fails = true;
    CHECK_THAT(ask(gate, "PUT", personal), StartsWith("HTTP/1.1 200") && Contains("again"));
    CHECK_THAT(again, Contains(personal));
}

TEST_CASE("hedge: what is left of the budget and of the places bounds it") {
    Silent silent;
    Upstream quick(answer_quick);
    const std::string soon_over = "    timeouts: {first_byte: 400ms}\n";
    SECTION("the budget") {
        Gate gate(two(silent.upstream.port(), quick.port(), "US", hedged + soon_over + "    retry: {attempts: 0, budget: {percent: 0, least: 0}}\n"));
        CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 504"));
        CHECK_THAT(metrics(gate), Contains("bordergate_hedges_total{destination=\"far\"} 0") && Contains("bordergate_upstream_retries_refused_total{destination=\"far\"} 1"));
        CHECK(quick.accepted() == 0);
        CHECK(count(gate.records(), "\"kind\":\"intent\"") == 1);
    }
    SECTION("the places of the other destination") {
        Silent full;
        auto settings = two(silent.upstream.port(), full.upstream.port(), "US", hedged + "    timeouts: {first_byte: 2s}\n    retry: {attempts: 0}\n");
        settings.destination_more += "    pool: {connections: 1}\n    timeouts: {first_byte: 2s}\n";
        Gate gate(settings);
        Connection other(gate.port());
        other.send(request("GET", "/v1/x"));
        REQUIRE(soon([&] { return full.asked == 1; }));
        CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 504"));
        CHECK_THAT(other.message(), StartsWith("HTTP/1.1 504"));
        CHECK(full.upstream.accepted() == 1);
        CHECK_THAT(metrics(gate), Contains("bordergate_hedges_total{destination=\"far\"} 1"));
    }
}

TEST_CASE("hedge: a second attempt that cannot be made, or is answered by a server that failed, changes nothing for the first") {
    std::atomic<bool> free{false};
    Upstream slow([&](Connection& connection) {
        while (!connection.message().empty()) {
            soon([&] { return free.load(); });
            connection.send(answering("slow"));
        }
    });
    const auto lost = [&](std::uint16_t near) {
        Gate gate(two(slow.port(), near));
        Connection client(gate.port());
        client.send(request("GET", "/v1/x"));
        CHECK(soon([&] { return metrics(gate).find("bordergate_hedges_total{destination=\"far\"} 1") != std::string::npos; }));
        CHECK(soon([&] { return metrics(gate).find("bordergate_upstream_failures_total{destination=\"near\"} 1") != std::string::npos; }));
        free = true;
        CHECK_THAT(client.message(), StartsWith("HTTP/1.1 200") && Contains("slow"));
        CHECK(gate.recorded("\"verdict\":\"clear\""));
        CHECK_THAT(record(gate, "outcome", "\"destination\":\"far\""), !Contains("\"code\""));
        CHECK_FALSE(record(gate, "outcome", "\"hedge_of\"").empty());
    };
    SECTION("no connection") { lost(free_port()); }
    SECTION("a connection that ends") {
        Upstream loses([](Connection& connection) { connection.message(); });
        lost(loses.port());
    }
    SECTION("503") {
        Upstream busy([](Connection& connection) {
            while (!connection.message().empty()) connection.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
        });
        lost(busy.port());
    }
}

TEST_CASE("hedge: a first that is lost while the second is under way waits for it") {
    std::atomic<bool> free{false};
    Upstream loses([&](Connection& connection) {
        connection.message();
        soon([&] { return free.load(); });
    });
    Upstream other([&](Connection& connection) {
        if (connection.message().empty()) return;
        free = true;
        soon([&] { return loses.accepted() > 0; });
        connection.send(answering("other"));
        connection.all();
    });
    Gate gate(two(loses.port(), other.port()));
    CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 200") && Contains("other"));
    CHECK(other.accepted() == 1);
    CHECK(loses.accepted() == 1);
    CHECK(gate.recorded("\"verdict\":\"rerouted\""));
}

TEST_CASE("hedge: a client that leaves, and the total time, end both attempts") {
    Silent first, second;
    SECTION("the client leaves") {
        Gate gate(two(first.upstream.port(), second.upstream.port()));
        {
            Connection client(gate.port());
            client.send(request("GET", "/v1/x"));
            REQUIRE(soon([&] { return second.asked == 1; }));
        }
        CHECK(soon([&] { return first.parted == 1 && second.parted == 1; }));
        CHECK(soon([&] { return count(gate.records(), "\"code\":\"client_gone\"") == 2; }));
    }
    SECTION("the time is over") {
        Gate gate(two(first.upstream.port(), second.upstream.port(), "US", hedged + "    timeouts: {total: 700ms}\n"));
        CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 504"));
        CHECK(soon([&] { return first.parted == 1 && second.parted == 1; }));
        CHECK(soon([&] { return count(gate.records(), "\"code\":\"upstream_timeout\"") == 2; }));
    }
}

TEST_CASE("hedge: the client's own credential goes to no second attempt") {
    Silent silent;
    std::string received;
    Upstream quick([&](Connection& connection) {
        received = connection.message();
        connection.send(answering("quick"));
        connection.all();
    });
    auto settings = two(silent.upstream.port(), quick.port(), "US", hedged + "    forward_credentials: true\n");
    settings.destination_more += "    forward_credentials: true\n";
    Gate gate(settings);
    CHECK_THAT(ask(gate), StartsWith("HTTP/1.1 200"));
    CHECK_THAT(received, StartsWith("GET /v1/x") && !Contains("uthorization") && !Contains("secret"));
    CHECK(gate.recorded("\"verdict\":\"rerouted\""));
    CHECK_THAT(record(gate, "outcome", "\"destination\":\"far\""), Contains("\"credentials_forwarded\":true"));
    CHECK_THAT(record(gate, "outcome", "\"destination\":\"near\""), !Contains("\"credentials_forwarded\":true"));
}
