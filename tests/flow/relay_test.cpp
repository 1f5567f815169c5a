// The sidecar relays: every framing, both ways at once, and nothing leaves before its intent is on disk.
#include <catch2/catch.hpp>
#include <csignal>

#include "tests/support/gate.hpp"
#include "tests/support/peers.hpp"

using namespace bordergate::testing;
using Catch::Contains;
using Catch::StartsWith;

namespace {

/// Answers every request with its own body.
void echo(Connection& connection) {
    for (;;) {
        const auto message = connection.message();
        if (message.empty()) return;
        const auto body = body_of(message);
        connection.send("HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    }
}

GateSettings towards(const Upstream& upstream) {
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
    return settings;
}

}  // namespace

TEST_CASE("requests of every size come back whole over one connection") {
    Upstream upstream(echo);
    Gate gate(towards(upstream));
    Connection client(gate.port());
    for (std::size_t size : {0, 1, 1000, 16384, 65536, 100'000, 3'000'000}) {
        INFO(size);
        const std::string body(size, 'x');
        client.send(request("POST", "/v1/echo", body, "application/octet-stream"));
        const auto answer = client.message();
        CHECK_THAT(answer, Catch::StartsWith("HTTP/1.1 200") && Contains("bordergate-attempt: flow-"));
        CHECK(body_of(answer) == body);
    }
    CHECK(upstream.accepted() == 1);
}

TEST_CASE("pipelined requests are answered in order") {
    Upstream upstream(echo);
    Gate gate(towards(upstream));
    Connection client(gate.port());
    client.send(request("POST", "/a", "one", "text/plain") + request("POST", "/b", "two", "text/plain") + request("POST", "/c", "three", "text/plain"));
    CHECK(body_of(client.message()) == "one");
    CHECK(body_of(client.message()) == "two");
    CHECK(body_of(client.message()) == "three");
}

TEST_CASE("a chunked request is relayed while the answer is already on its way") {
    Upstream upstream([](Connection& connection) {
        const auto head = connection.head();
        CHECK_THAT(head, Contains("transfer-encoding: chunked") && !Contains("Authorization") && !Contains("secret") && !Contains("X-Private"));
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        // Each piece is answered before the next one is sent.
        for (int i = 0; i < 3; ++i) connection.send(connection.exactly(8));
        connection.send(connection.exactly(5));
    });
    Gate gate(towards(upstream));
    Connection client(gate.port());
    client.send("POST /duplex HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\nX-Private: 1\r\nTransfer-Encoding: chunked\r\n\r\n");
    CHECK_THAT(client.head(), Catch::StartsWith("HTTP/1.1 200"));
    for (std::string piece : {"one", "two", "six"}) {
        client.send("3;ext=1\r\n" + piece + "\r\n");
        CHECK(client.exactly(8) == "3\r\n" + piece + "\r\n");
    }
    client.send("0\r\nTrailer: x\r\n\r\n");
    CHECK(client.exactly(5) == "0\r\n\r\n");
}

TEST_CASE("Expect: 100-continue is answered when the body is wanted, and not when it is refused") {
    Upstream upstream(echo);
    Gate gate(towards(upstream));
    Connection client(gate.port());
    client.send("POST /x HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    CHECK(client.head() == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("abc");
    CHECK(body_of(client.message()) == "abc");
    Connection stranger(gate.port());
    stranger.send("POST /x HTTP/1.1\r\nHost: gate\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    CHECK_THAT(stranger.all(), Catch::StartsWith("HTTP/1.1 401") && Contains("connection: close"));
}

TEST_CASE("the intent is on disk before the first byte reaches the upstream") {
    Gate* gate = nullptr;
    std::string seen;
    Upstream upstream([&](Connection& connection) {
        const auto message = connection.message();
        if (message.empty()) return;
        seen = gate->records();
        connection.send("HTTP/1.1 204 No Content\r\n\r\n");
    });
    Gate made(towards(upstream));
    gate = &made;
    Connection client(made.port());
    client.send(request("POST", "/v1/x", "{}"));
    CHECK_THAT(client.head(), Catch::StartsWith("HTTP/1.1 204"));
    CHECK_THAT(seen, Contains("\"kind\":\"intent\"") && Contains("\"destination\":\"far\"") && Contains("\"to_location\":\"US\"") && !Contains("outcome"));
    CHECK(made.recorded("\"kind\":\"outcome\""));
}

TEST_CASE("when the audit log cannot be written nothing leaves, and it says so") {
    Upstream upstream(echo);
    auto settings = towards(upstream);
    settings.file_limit = 4096;
    settings.audit_more = "  segment: 1MiB\n";
    Gate gate(settings);
    int refused = 0, passed = 0;
    for (int i = 0; i < 12; ++i) {
        Connection client(gate.port());
        client.send(request("POST", "/v1/x", "hello", "text/plain"));
        const auto answer = client.message();
        if (answer.starts_with("HTTP/1.1 200")) ++passed;
        if (answer.starts_with("HTTP/1.1 503")) {
            ++refused;
            CHECK_THAT(answer, Contains("bordergate-code: unauditable") && Contains("retry-after"));
        }
    }
    CHECK(passed > 0);
    CHECK(refused > 0);
    CHECK(passed + refused == 12);
    CHECK(upstream.accepted() <= passed);
}

TEST_CASE("SIGTERM lets an exchange finish and takes no new one") {
    Upstream upstream([](Connection& connection) {
        const auto head = connection.head();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        if (head.find("/slow") != std::string::npos) connection.exactly(1);
    });
    Gate gate(towards(upstream));
    Connection busy(gate.port()), idle(gate.port());
    busy.send("POST /slow HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\nTransfer-Encoding: chunked\r\n\r\n");
    CHECK_THAT(busy.head(), Catch::StartsWith("HTTP/1.1 200"));
    CHECK(busy.exactly(5) == "hello");
    gate.process().signal(SIGTERM);
    CHECK(idle.all().empty());
    busy.send("1\r\nx\r\n0\r\n\r\n");
    busy.all();
    CHECK(gate.process().wait() == 0);
    CHECK_THAT(gate.records(), Contains("\"kind\":\"outcome\""));
}

TEST_CASE("trailers behind a body that cannot be read are treated though the body is not") {
    std::string received;
    Upstream upstream([&](Connection& connection) {
        received = connection.head();
        received += connection.head();  // chunks and trailers end in a blank line too
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    GateSettings settings = towards(upstream);
    settings.rules = R"(  - {id: out, permit: clear, data: [plain, opaque], from: EEA, to: US}
  - {id: mask, permit: mask, data: contact, from: EEA, to: US, with: replace_with_info_type}
  - {id: back, permit: clear, data: [plain, opaque, personal, financial, credential], from: US, to: EEA}
)";
    Gate gate(settings);
    const auto sent = [&](const std::string& warning) {
        Connection client(gate.port());
        client.send("POST /v1/t HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\nTE: trailers\r\nConnection: te, close\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "4\r\n\x89PNG\r\n0\r\nWarning: " + warning + "\r\n\r\n");
        return client.all();
    };
    CHECK_THAT(sent("199 - \"of anna@example.org\""), StartsWith("HTTP/1.1 200"));
    CHECK_THAT(received, Contains("199 - \"of [EMAIL_ADDRESS]\"\r\n\r\n"));
    CHECK_THAT(sent("199 - \"of DE89370400440532013000\""), StartsWith("HTTP/1.1 403"));
    CHECK_THAT(received, !Contains("DE89"));
}

TEST_CASE("trailers cross like fields: to a client that reads them, known ones only, and treated like the rest") {
    Upstream upstream([](Connection& connection) {
        auto asked = connection.head();
        if (asked.starts_with("POST")) asked += connection.head();  // chunks and trailers end in a blank line too
        const bool heard = asked.find("Server-Timing: up") != std::string::npos && asked.find("stolen") == std::string::npos;
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n" + std::string(heard ? "heard" : "waste") +
                        "\r\n0\r\nServer-Timing: total;dur=1\r\nMade-Up: 1\r\nCache-Control: no-store\r\n\r\n");
    });
    Gate gate(towards(upstream));
    Connection client(gate.port());
    client.send("POST /v1/t HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\nTE: trailers\r\nConnection: te, close\r\nTransfer-Encoding: chunked\r\n\r\n"
                "3\r\nabc\r\n0\r\nServer-Timing: up\r\nAuthorization: Bearer stolen\r\n\r\n");
    const auto answer = client.all();
    CHECK_THAT(answer, Contains("heard") && Contains("\r\n0\r\nServer-Timing: total;dur=1\r\n\r\n"));
    CHECK_THAT(answer, !Contains("Made-Up"));
    Connection plain(gate.port());
    plain.send("GET /v1/t HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\nConnection: close\r\n\r\n");
    CHECK_THAT(plain.all(), !Contains("Server-Timing") && Contains("\r\n0\r\n\r\n"));
}
