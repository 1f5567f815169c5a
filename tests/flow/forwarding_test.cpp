// Forwarding fields with a real upstream, trusted hops as sources see them, and a destination that is ourselves.
#include <catch2/catch.hpp>

#include "tests/support/gate.hpp"
#include "tests/support/peers.hpp"

using namespace bordergate::testing;
using Catch::Contains;

namespace {

struct Listening {
    std::string received;
    Upstream upstream{[this](Connection& connection) {
        for (std::string message = connection.message(); !message.empty(); message = connection.message()) {
            received = message;
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }
    }};
    GateSettings settings() {
        GateSettings made;
        made.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
        return made;
    }
};

std::string ask(const Gate& gate, const std::string& fields) {
    Connection client(gate.port());
    client.send("GET /v1/x HTTP/1.1\r\nHost: gate.example\r\nAuthorization: Bearer secret\r\n" + fields + "\r\n");
    return client.message();
}

constexpr const char* spoofed = "X-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nVia: 1.1 evil\r\nX-Real-IP: 6.6.6.6\r\nX-Forwarded-Host: evil\r\n";

}  // namespace

TEST_CASE("an upstream is told nothing of who is behind us unless it asks, and then the truth") {
    Listening far;
    {
        Gate gate(far.settings());
        CHECK_THAT(ask(gate, spoofed), Catch::StartsWith("HTTP/1.1 200"));
        CHECK_THAT(far.received, !Contains("6.6.6.6") && !Contains("orwarded") && !Contains("evil") && !Contains("via:", Catch::CaseSensitive::No));
    }
    auto settings = far.settings();
    settings.destination_more = "    forwarded: [x-forwarded, forwarded, via]\n";
    Gate gate(settings);
    CHECK_THAT(ask(gate, spoofed), Catch::StartsWith("HTTP/1.1 200"));
    CHECK_THAT(far.received, Contains("x-forwarded-for: 127.0.0.1\r\n") && Contains("x-forwarded-proto: http\r\n") && Contains("x-forwarded-host: gate.example\r\n"));
    CHECK_THAT(far.received, Contains("forwarded: for=127.0.0.1;proto=http;host=\"gate.example\"\r\n") && Contains("via: 1.1 bordergate\r\n") && !Contains("6.6.6.6"));
}

TEST_CASE("behind a trusted hop sources are told apart by the client's address, which the records have") {
    Listening far;
    auto settings = far.settings();
    settings.source_match = "networks: [192.0.2.0/24]";
    {
        Gate gate(settings);
        CHECK_THAT(ask(gate, "X-Forwarded-For: 192.0.2.7\r\n"), Catch::StartsWith("HTTP/1.1 401"));
    }
    settings.listener_more = "    trusted_hops: [127.0.0.0/8]\n";
    Gate gate(settings);
    CHECK_THAT(ask(gate, "X-Forwarded-For: 192.0.2.7\r\n"), Catch::StartsWith("HTTP/1.1 200"));
    CHECK(gate.recorded("\"kind\":\"outcome\""));
    CHECK_THAT(gate.records(), Contains("192.0.2.7"));
    CHECK_THAT(ask(gate, "X-Forwarded-For: 192.0.2.7, 198.51.100.1\r\n"), Catch::StartsWith("HTTP/1.1 401"));
    CHECK_THAT(ask(gate, ""), Catch::StartsWith("HTTP/1.1 401"));
    CHECK_THAT(ask(gate, "X-Forwarded-For: 192.0.2.7\r\nForwarded: for=192.0.2.8\r\n"), Catch::StartsWith("HTTP/1.1 400"));
}

TEST_CASE("a request that would come back to this Bordergate is refused at the first turn") {
    Listening far;
    const auto port = free_port();
    auto settings = far.settings();
    settings.destination_url = "http://127.0.0.1:" + std::to_string(port);
    settings.sidecar_port = port;
    Gate gate(settings);
    CHECK_THAT(ask(gate, ""), Catch::StartsWith("HTTP/1.1 403") && Contains("forwarding_loop"));
    CHECK(gate.recorded("\"code\":\"forwarding_loop\""));
    const auto records = gate.records();
    CHECK(records.find("\"kind\":\"outcome\"") == records.rfind("\"kind\":\"outcome\""));
}
