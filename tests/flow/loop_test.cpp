// Two real gates that send to each other, under names and ports of their own: the request that comes back is refused.
#include <catch2/catch.hpp>

#include "tests/support/asking.hpp"

using namespace bordergate::testing;
using Catch::Contains;
using Catch::StartsWith;

namespace {

GateSettings towards(std::uint16_t port, const std::string& told) {
    GateSettings settings;
    settings.destination_url = url(port);
    settings.destination_more = told.empty() ? "" : "    forwarded: " + told + "\n";
    settings.source_match = "networks: [127.0.0.0/8]";
    return settings;
}

std::string marks(const std::string& head) {
    const auto at = head.find("cdn-loop: ");
    return at == std::string::npos ? "" : head.substr(at + 10, head.find("\r\n", at) - at - 10);
}

}  // namespace

TEST_CASE("a request that another gate sends back is refused when it comes, and each has an attempt of its own on record") {
    const auto port = free_port();
    Gate a(towards(port, "loop"));
    auto settings = towards(a.port(), "loop");
    settings.sidecar_port = port;
    Gate b(settings);
    CHECK_THAT(ask(a, "POST", "{\"a\":1}"), StartsWith("HTTP/1.1 403") && Contains("forwarding_loop"));
    CHECK(a.recorded("\"code\":\"forwarding_loop\""));
    // One that went out, and the one that came back; the other gate sent one.
    CHECK(soon([&] { return count(a.records(), "\"kind\":\"outcome\"") == 2; }));
    CHECK(count(a.records(), "\"kind\":\"intent\"") == 1);
    CHECK(count(b.records(), "\"kind\":\"intent\"") == 1);
    // Whoever enters at the other one is stopped there.
    CHECK_THAT(ask(b), StartsWith("HTTP/1.1 403") && Contains("forwarding_loop"));
    CHECK(b.recorded("\"code\":\"forwarding_loop\""));
    CHECK(count(a.records(), "\"kind\":\"intent\"") == 2);
}

TEST_CASE("the mark of a loop is told to gateways only, is another one each time, and is handed on with those of before") {
    std::string received;
    Upstream far([&](Connection& connection) {
        for (auto text = connection.message(); !text.empty(); text = connection.message()) {
            received = text;
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }
    });
    const std::string foreign(32, 'b');
    const auto asked = [&](const Gate& gate) {
        Connection client(gate.port());
        client.send("GET /v1/x HTTP/1.1\r\nHost: gate\r\nCDN-Loop: " + foreign + ", ann@example.org\r\n\r\n");
        CHECK_THAT(client.message(), StartsWith("HTTP/1.1 200"));
    };
    {
        Gate gate(towards(far.port(), ""));
        asked(gate);
        CHECK_THAT(received, !Contains("cdn-loop", Catch::CaseSensitive::No) && !Contains(foreign));
    }
    Gate last(towards(far.port(), "[loop]"));
    asked(last);
    const auto first_marks = marks(received);
    CHECK(first_marks.size() == 32 + 2 + 32);
    CHECK_THAT(first_marks, StartsWith(foreign + ", "));
    asked(last);
    CHECK(marks(received) != first_marks);
    Gate before(towards(last.port(), "[loop]"));
    CHECK_THAT(ask(before), StartsWith("HTTP/1.1 200"));
    CHECK(marks(received).size() == 32 + 2 + 32);
}

TEST_CASE("marks that say something in hex are no marks, and do not go on where that may not go in clear") {
    Upstream far([&](Connection& connection) {
        for (auto text = connection.message(); !text.empty(); text = connection.message()) connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    auto settings = towards(far.port(), "[loop]");
    settings.rules = R"(  - {id: plain, permit: clear, data: plain, from: EEA, to: US}
  - {id: mask, permit: mask, data: personal, from: EEA, to: US, with: replace_with_info_type}
  - {id: back, permit: clear, data: [plain, opaque, personal, financial, credential], from: US, to: EEA}
)";
    Gate gate(settings);
    const auto asked = [&](const std::string& list) {
        Connection client(gate.port());
        client.send("GET /v1/x HTTP/1.1\r\nHost: gate\r\nCDN-Loop: " + list + "\r\n\r\n");
        return client.message();
    };
    const auto in_hex = [](const std::string& text) {
        std::string digits;
        for (const char c : text) (digits += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4]) += "0123456789abcdef"[c & 15];
        return digits;
    };
    CHECK_THAT(asked(in_hex("anna@example.org")), Contains("bordergate-code: place_cannot_carry"));
    const auto two = in_hex("to: anna.schmidt@example.org ok!");
    CHECK_THAT(asked(two.substr(0, 32) + ", " + two.substr(32)), Contains("bordergate-code: place_cannot_carry"));
    CHECK(far.accepted() == 0);
    CHECK_THAT(asked("0123456789abcdef0f1e2d3c4b5a6978, " + in_hex("no secret in it!")), StartsWith("HTTP/1.1 200"));
}
