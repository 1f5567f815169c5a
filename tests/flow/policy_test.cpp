// What the policy does to real requests: masked, refused, never half; and both directions are judged.
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/support/gate.hpp"
#include "tests/support/peers.hpp"

using namespace bordergate::testing;
using Catch::Contains;

namespace {

struct Echo {
    std::string received;
    Upstream upstream{[this](Connection& connection) {
        for (;;) {
            const auto message = connection.message();
            if (message.empty()) return;
            received = message;
            const auto body = body_of(message);
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
        }
    }};
    GateSettings settings(const std::string& rules) {
        GateSettings made;
        made.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
        made.destination_more = "    kind: model\n";
        made.rules = rules;
        return made;
    }
};

constexpr const char* masking = R"(  - {id: plain, permit: clear, data: plain, from: EEA, to: US}
  - {id: mask, permit: mask, data: personal, from: EEA, to: US, with: replace_with_info_type, cite: GDPR Art. 46}
)";

std::string chat(const std::string& text) { return R"({"model":"m","messages":[{"role":"user","content":")" + text + "\"}]}"; }

}  // namespace

TEST_CASE("personal data is masked in body, query and header, and the credential ends at the proxy") {
    Echo echo;
    Gate gate(echo.settings(masking));
    Connection client(gate.port());
    const std::string body = chat("mail a@b.de");
    client.send("POST /v1/chat/completions?who=a%40b.de&x=1 HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\nUser-Agent: me a@b.de\r\nCookie: a=b\r\nX-Internal: host7\r\n"
                "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    CHECK_THAT(client.message(), Catch::StartsWith("HTTP/1.1 200"));
    CHECK_THAT(echo.received, Contains("[EMAIL_ADDRESS]") && Contains("?who=%5BEMAIL_ADDRESS%5D&x=1") && Contains("User-Agent: me [EMAIL_ADDRESS]"));
    CHECK_THAT(echo.received, !Contains("a@b.de") && !Contains("a%40b.de") && !Contains("secret") && !Contains("Cookie") && !Contains("X-Internal"));
    CHECK(gate.recorded("\"verdict\":\"masked\""));
    CHECK_THAT(gate.records(), Contains("\"rule\":\"mask\"") && Contains("GDPR Art. 46") && Contains("\"dropped_fields\":[\"cookie\",\"x-internal\"]"));
    CHECK_THAT(gate.records(), !Contains("a@b.de") && !Contains("host7"));
}

TEST_CASE("a class without a permit refuses the request, with the reason and a way on, and nothing leaves") {
    Echo echo;
    Gate gate(echo.settings(masking));
    Connection client(gate.port());
    client.send(request("POST", "/v1/chat/completions", chat("IBAN DE89370400440532013000")));
    const auto answer = client.message();
    CHECK_THAT(answer, Catch::StartsWith("HTTP/1.1 403") && Contains("x-should-retry: false") && Contains("\"code\":\"no_permit\"") && Contains("account"));
    CHECK(echo.received.empty());
    CHECK(gate.recorded("\"verdict\":\"refused\""));
}

TEST_CASE("what cannot be inspected is refused where opaque has no permit") {
    Echo echo;
    Gate gate(echo.settings(masking));
    for (auto [type, body] : {std::pair<std::string, std::string>{"application/octet-stream", "abc"}, {"image/png", "abc"}}) {
        Connection client(gate.port());
        client.send(request("POST", "/v1/chat/completions", body, type));
        CHECK_THAT(client.message(), Catch::StartsWith("HTTP/1.1 403") && Contains("opaque_refused"));
    }
    Connection client(gate.port());
    client.send(request("POST", "/v1/chat/completions", "{\"a\":", "application/json"));
    CHECK_THAT(client.message(), Catch::StartsWith("HTTP/1.1 400") && Contains("body_invalid"));
    CHECK(echo.received.empty());
}

TEST_CASE("an answer that is not inference needs a permit home, and without one nothing is sent") {
    Echo echo;
    Gate gate(echo.settings(masking));
    Connection client(gate.port());
    client.send(request("POST", "/v1/files", "{\"a\":1}"));
    CHECK_THAT(client.message(), Catch::StartsWith("HTTP/1.1 403") && Contains("response_refused"));
    CHECK(echo.received.empty());
}

TEST_CASE("unknown sources are refused and counted, not recorded one by one") {
    Echo echo;
    Gate gate(echo.settings(masking));
    for (int i = 0; i < 3; ++i) {
        Connection client(gate.port());
        client.send("POST /v1/x HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer wrong\r\nContent-Length: 0\r\n\r\n");
        CHECK_THAT(client.message(), Catch::StartsWith("HTTP/1.1 401") && Contains("source_unknown"));
    }
    CHECK(gate.recorded("\"code\":\"source_unknown\",\"count\":3"));
    CHECK_THAT(gate.records(), !Contains("outcome"));
}

TEST_CASE("an answer with something refused in it: inference is held and refused whole, a pull is cut") {
    const std::string iban = "DE89370400440532013000";
    Upstream upstream([&](Connection& connection) {
        while (!connection.message().empty()) {
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{\"a\":\"b\",\r\n");
            ::usleep(50'000);
            connection.send("1d\r\n\"c\":\"" + iban + "\"}\r\n0\r\n\r\n");
        }
    });
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
    settings.destination_more = "    kind: model\n";
    settings.rules = R"(  - {id: out, permit: clear, data: [plain, personal, financial], from: EEA, to: US}
  - {id: back, permit: clear, data: [plain, personal, financial, opaque], from: US, to: EEA}
  - {id: no-accounts, limit: refuse, data: account, from: US, to: EEA}
)";
    Gate gate(settings);
    Connection chatting(gate.port());
    chatting.send(request("POST", "/v1/chat/completions", chat("hello")));
    const auto refused = chatting.message();
    CHECK_THAT(refused, Catch::StartsWith("HTTP/1.1 403") && Contains("no-accounts") && !Contains(iban));
    Connection pulling(gate.port());
    pulling.send(request("GET", "/v1/export"));
    const auto cut = pulling.all();
    CHECK_THAT(cut, Catch::StartsWith("HTTP/1.1 200") && Contains("{\"a\":\"b\"") && !Contains(iban) && !Contains("\r\n0\r\n"));
    CHECK(gate.recorded("\"verdict\":\"cut\""));
}

TEST_CASE("an answer that is not the JSON it claims to be is the upstream's fault") {
    Upstream upstream([&](Connection& connection) {
        while (!connection.message().empty()) connection.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n{]}");
    });
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
    settings.rules = R"(  - {id: out, permit: clear, data: [plain, personal, financial], from: EEA, to: US}
  - {id: back, permit: mask, data: [personal, financial], from: US, to: EEA, with: redact}
  - {id: plain, permit: clear, data: [plain, opaque], from: US, to: EEA}
)";
    Gate gate(settings);
    Connection client(gate.port());
    client.send(request("GET", "/v1/export"));
    CHECK_THAT(client.message(), Catch::StartsWith("HTTP/1.1 502") && Contains("upstream_invalid"));
}

TEST_CASE("a request that says its purpose is judged by it, and the purpose ends at the proxy") {
    Echo echo;
    auto settings = echo.settings(R"(  - {id: training-only, permit: clear, data: plain, from: EEA, to: US, purposes: training}
  - {id: back, permit: clear, data: [plain, opaque, personal, financial, credential], from: US, to: EEA}
)");
    settings.source_more = "    purposes: [training, evaluation]\n";
    Gate gate(settings);
    const auto status = [&](const std::string& field) {
        Connection client(gate.port());
        client.send("GET /v1/data HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\n" + field + "\r\n");
        return client.message().substr(9, 3);
    };
    CHECK(status("") == "403");  // it could be for evaluation
    CHECK(status("Bordergate-Purpose: training\r\n") == "200");
    CHECK_THAT(echo.received, !Contains("urpose"));
    CHECK(status("Bordergate-Purpose: evaluation\r\n") == "403");
    CHECK(status("Bordergate-Purpose: inference\r\n") == "403");  // not one of the source's
    CHECK(status("Bordergate-Purpose: world-peace\r\n") == "400");
    CHECK(status("Bordergate-Purpose: training\r\nBordergate-Purpose: evaluation\r\n") == "400");
    CHECK(gate.recorded("\"purpose\":\"training\""));
}
