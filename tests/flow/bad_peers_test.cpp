// Clients and upstreams that are slow, silent, oversized, malformed or gone.
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/support/gate.hpp"
#include "tests/support/peers.hpp"

using namespace bordergate::testing;
using Catch::Contains;

namespace {

constexpr const char* hasty = "timeouts: {head: 300ms, body: 300ms, first_byte: 300ms, connect: 300ms, idle: 400ms}\nlimits: {head: 4KiB, held_body: 64KiB}\n";

GateSettings towards(const Upstream& upstream) {
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
    settings.more = hasty;
    return settings;
}

void answer(Connection& connection) {
    while (!connection.message().empty()) connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
}

/// What a client gets that sends `bytes` and then waits.
std::string reply(Gate& gate, const std::string& bytes) {
    Connection client(gate.port());
    client.send(bytes);
    return client.all();
}

}  // namespace

TEST_CASE("malformed, oversized and slow requests get their status and a closed connection") {
    Upstream upstream(answer);
    Gate gate(towards(upstream));
    CHECK_THAT(reply(gate, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), Catch::StartsWith("HTTP/1.1 400") && Contains("framing_invalid"));
    CHECK_THAT(reply(gate, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nX"), Catch::StartsWith("HTTP/1.1 400"));
    CHECK_THAT(reply(gate, "GET /%2e%2e/ HTTP/1.1\r\nHost: a\r\n\r\n"), Catch::StartsWith("HTTP/1.1 400"));
    CHECK_THAT(reply(gate, "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(5000, 'x')), Catch::StartsWith("HTTP/1.1 431"));
    CHECK_THAT(reply(gate, "GET / HTTP/1.1\r\nHo"), Catch::StartsWith("HTTP/1.1 408"));
    CHECK(reply(gate, "").empty());
    CHECK(upstream.accepted() == 0);
    CHECK(gate.recorded("\"code\":\"framing_invalid\",\"count\""));
}

TEST_CASE("a request that stops in the middle of its body gets 408, and the upstream no clean end") {
    std::string received;
    Upstream upstream([&](Connection& connection) { received = connection.all(); });
    Gate gate(towards(upstream));
    Connection client(gate.port());
    client.send("POST /x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    CHECK_THAT(client.all(), Catch::StartsWith("HTTP/1.1 408"));
    CHECK(gate.recorded("\"code\":\"client_timeout\""));
    CHECK_THAT(received, !Contains("\r\n0\r\n"));
}

TEST_CASE("upstreams that misbehave are 502 or 504, with a record") {
    struct Case {
        const char* name;
        std::string answer;
        const char* status;
        const char* code;
    };
    const std::vector<Case> cases{
        {"silent", "", "504", "upstream_timeout"},
        {"not HTTP", "SSH-2.0-x\r\n\r\n", "502", "upstream_invalid"},
        {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "502", "upstream_invalid"},
        {"length and chunks", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "502", "upstream_invalid"},
        {"101 unasked", "HTTP/1.1 101 Switching Protocols\r\n\r\n", "502", "upstream_invalid"},
        {"head without end", "HTTP/1.1 200 OK\r\nX: " + std::string(9000, 'x'), "502", "upstream_invalid"},
        {"flood of 1xx", [] {
             std::string flood;
             for (int i = 0; i < 20; ++i) flood += "HTTP/1.1 103 Early Hints\r\n\r\n";
             return flood;
         }(), "502", "upstream_invalid"},
    };
    for (const auto& one : cases) {
        INFO(one.name);
        Upstream upstream([&](Connection& connection) {
            connection.head();
            connection.send(one.answer);
            connection.all();
        });
        Gate gate(towards(upstream));
        Connection client(gate.port());
        client.send(request("GET", "/v1/x"));
        CHECK_THAT(client.message(), Catch::StartsWith(std::string("HTTP/1.1 ") + one.status) && Contains(one.code));
        CHECK(gate.recorded(std::string("\"code\":\"") + one.code));
    }
}

TEST_CASE("an interim response before the final one is consumed") {
    Upstream upstream([](Connection& connection) {
        connection.head();
        connection.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        connection.all();
    });
    Gate gate(towards(upstream));
    Connection client(gate.port());
    client.send(request("GET", "/v1/x"));
    CHECK_THAT(client.message(), Catch::StartsWith("HTTP/1.1 200") && !Contains("Link"));
}

TEST_CASE("the words of an upstream's status line do not reach the client, which is told what the status stands for") {
    std::string answer;
    Upstream upstream([&](Connection& connection) {
        while (!connection.message().empty()) {
            const std::string now = answer;  // the test sets the next one while this is sent
            connection.send(now);
        }
    });
    Gate gate(towards(upstream));
    Connection client(gate.port());
    const auto told = [&](const std::string& status_line, const std::string& fields = {}) {
        answer = status_line + "\r\nContent-Length: 0\r\n" + fields + "\r\n";
        client.send(request("GET", "/v1/x"));
        const auto head = client.head();
        return head.substr(0, head.find("\r\n"));
    };
    CHECK(told("HTTP/1.1 200 ann@example.org") == "HTTP/1.1 200 OK");
    CHECK(told("HTTP/1.1 404 no such patient: Ann Smith") == "HTTP/1.1 404 Not Found");
    CHECK(told("HTTP/1.1 301 elsewhere", "Location: /v1/y\r\n") == "HTTP/1.1 301 Moved Permanently");
    CHECK(told("HTTP/1.1 299 DE89370400440532013000") == "HTTP/1.1 299 ");
    CHECK(told("HTTP/1.1 503 ") == "HTTP/1.1 503 Service Unavailable");
}

TEST_CASE("an upstream that vanishes in the middle of its answer does not look whole") {
    for (std::string head : {"Content-Length: 100", "Transfer-Encoding: chunked"}) {
        Upstream upstream([&](Connection& connection) {
            connection.head();
            connection.send("HTTP/1.1 200 OK\r\n" + head + "\r\n\r\n5\r\nhello\r\n");
        });
        Gate gate(towards(upstream));
        Connection client(gate.port());
        client.send(request("GET", "/v1/x"));
        const auto answer = client.all();
        CHECK_THAT(answer, Catch::StartsWith("HTTP/1.1 200") && Contains("hello") && !Catch::EndsWith("0\r\n\r\n"));
        CHECK(gate.recorded("\"code\":\"upstream_gone\""));
    }
}

TEST_CASE("an upstream that nobody listens on is 502") {
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(free_port());
    Gate gate(settings);
    Connection client(gate.port());
    client.send(request("GET", "/v1/x"));
    CHECK_THAT(client.message(), Catch::StartsWith("HTTP/1.1 502") && Contains("upstream_unreachable"));
}

TEST_CASE("an idle connection that the upstream closed is not used again") {
    Upstream upstream([](Connection& connection) {
        connection.message();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    Gate gate(towards(upstream));
    for (int i = 0; i < 5; ++i) {
        Connection client(gate.port());
        client.send(request("GET", "/v1/x"));
        CHECK_THAT(client.message(), Catch::StartsWith("HTTP/1.1 200"));
    }
}

TEST_CASE("a held request that is too large is 413") {
    Upstream upstream(answer);
    auto settings = towards(upstream);
    settings.rules = "  - {id: plain, permit: clear, data: plain, from: EEA, to: US}\n  - {id: back, permit: clear, data: [plain, opaque, personal, financial], from: US, to: EEA}\n";
    Gate gate(settings);
    Connection client(gate.port());
    client.send(request("POST", "/v1/x", "\"" + std::string(100'000, 'x') + "\""));
    CHECK_THAT(client.all(), Catch::StartsWith("HTTP/1.1 413"));
    CHECK(upstream.accepted() == 0);
}

TEST_CASE("an exchange that takes longer than timeouts.total is 504, however busy the upstream is") {
    Upstream upstream([](Connection& connection) {
        connection.head();
        for (int i = 0; i < 5; ++i) {
            connection.send("HTTP/1.1 100 Continue\r\n\r\n");
            ::usleep(300'000);
        }
        connection.all();
    });
    auto settings = towards(upstream);
    settings.more = "timeouts: {total: 1s, first_byte: 60s, body: 60s}\n";
    Gate gate(settings);
    Connection client(gate.port());
    client.send(request("GET", "/v1/x"));
    CHECK_THAT(client.message(), Catch::StartsWith("HTTP/1.1 504") && Contains("timeouts.total"));
    CHECK(gate.recorded("timeouts.total"));
}

TEST_CASE("a client that goes away frees the upstream at once") {
    std::string rest = "not closed";
    Upstream upstream([&](Connection& connection) {
        connection.head();
        rest = connection.all();
    });
    auto settings = towards(upstream);
    settings.more = "timeouts: {first_byte: 60s}\n";
    Gate gate(settings);
    {
        Connection client(gate.port());
        client.send(request("GET", "/v1/x"));
        REQUIRE(gate.recorded("\"kind\":\"intent\""));
    }
    CHECK(gate.recorded("\"code\":\"client_gone\""));
}

TEST_CASE("a connection beyond limits.connections is told so") {
    Upstream upstream(answer);
    auto settings = towards(upstream);
    settings.more = "limits: {connections: 2}\n";
    Gate gate(settings);
    Connection first(gate.port()), second(gate.port());
    for (auto* one : {&first, &second}) {
        one->send(request("GET", "/v1/x"));
        CHECK_THAT(one->message(), Catch::StartsWith("HTTP/1.1 200"));
    }
    Connection third(gate.port());
    CHECK_THAT(third.all(), Catch::StartsWith("HTTP/1.1 503") && Contains("retry-after"));
}
