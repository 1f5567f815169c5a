// Beyond its bounds the process turns new requests away and stays ready; what is under way goes on.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <list>

#include "tests/support/gate.hpp"
#include "tests/support/peers.hpp"

using namespace bordergate::testing;
using Catch::Contains;

namespace {

void answer(Connection& connection) {
    while (!connection.message().empty()) connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
}

GateSettings towards(const Upstream& upstream, const std::string& limits) {
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
    settings.more = "limits: " + limits + "\n";
    return settings;
}

std::string get(const Gate& gate, const std::string& path = "/v1/x", const std::string& listener = "sidecar") {
    Connection client(gate.port(listener));
    client.send(request("GET", path));
    return client.message();
}

}  // namespace

TEST_CASE("a process that holds more memory than limits.memory sheds requests, and says so") {
    Upstream upstream(answer);
    Gate gate(towards(upstream, "{memory: 1MiB}"));
    const auto shed = get(gate);
    CHECK_THAT(shed, Catch::StartsWith("HTTP/1.1 503") && Contains("overloaded") && Contains("retry-after: 1\r\n") && !Contains("x-should-retry"));
    CHECK(upstream.accepted() == 0);
    CHECK_THAT(get(gate, "/readyz", "admin"), Catch::StartsWith("HTTP/1.1 200"));
    CHECK_THAT(get(gate, "/metrics", "admin"), Contains("bordergate_shed_total{reason=\"memory\"} 1\n"));
    CHECK(gate.recorded("\"code\":\"overloaded\",\"count\":1"));
}

TEST_CASE("while bodies are held beyond limits.held_total no further request begins, and the held one goes on") {
    Upstream upstream(answer);
    auto settings = towards(upstream, "{held_total: 4KiB}");
    settings.rules = "  - {id: plain, permit: clear, data: plain, from: EEA, to: US}\n  - {id: back, permit: clear, data: [plain, opaque, personal, financial], from: US, to: EEA}\n";
    Gate gate(settings);
    Connection holding(gate.port());
    const std::string body = "\"" + std::string(9998, ' ') + "\"";
    holding.send("POST /v1/x HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n\r\n" + body.substr(0, 6000));
    std::string shed;
    for (int tries = 0; tries < 1000 && !shed.starts_with("HTTP/1.1 503"); ++tries) shed = get(gate);
    CHECK_THAT(shed, Catch::StartsWith("HTTP/1.1 503") && Contains("overloaded"));
    CHECK_THAT(get(gate, "/metrics", "admin"), Contains("bordergate_shed_total{reason=\"held\"} 1\n"));
    holding.send(body.substr(6000));
    CHECK_THAT(holding.message(), Catch::StartsWith("HTTP/1.1 200"));
    CHECK_THAT(get(gate), Catch::StartsWith("HTTP/1.1 200"));
}

TEST_CASE("a connection that waits for its next request costs three kilobytes at most") {
    Upstream upstream(answer);
    Gate gate(towards(upstream, "{connections: 5000}"));
    std::list<Connection> waiting;
    const auto open = [&](int count) {
        for (int i = 0; i < count; ++i) {
            auto& client = waiting.emplace_back(gate.port());
            // A head as clients send them: none of it may stay.
            client.send("GET /v1/x HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\nUser-Agent: " + std::string(2000, 'u') + "\r\n\r\n");
            if (!client.message().starts_with("HTTP/1.1 200")) FAIL("no answer on connection " << i);
        }
    };
    open(50);
    const auto before = resident(gate.process().pid());
    open(400);
    // What is freed is not used again for a while under AddressSanitizer: each request leaves what it needed.
    const long each = room > 1 ? 100 : 3;
    CHECK(resident(gate.process().pid()) - before < 400 * each);
}
