// Sealing: a field or a whole body leaves as a JWE, and comes home opened only for whom it was sealed.
#include <catch2/catch.hpp>
#include <tuple>

#include "tests/support/gate.hpp"
#include "tests/support/peers.hpp"

using namespace bordergate::testing;
using Catch::Contains;

namespace {

/// Keeps what it received, and answers with its body.
struct Vault {
    std::string received;
    Upstream upstream{[this](Connection& connection) {
        for (;;) {
            const auto message = connection.message();
            if (message.empty()) return;
            received = message;
            const auto body = body_of(message);
            const auto colon = message.find("ontent-") == std::string::npos ? 0 : message.find("ype: ");
            const auto type = message.substr(colon + 5, message.find("\r\n", colon) - colon - 5);
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
        }
    }};
    GateSettings settings() {
        GateSettings made;
        made.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
        made.destination_more = "    accepts: [clear, mask, seal]\n";
        made.keys = true;
        made.rules = R"(  - {id: plain, permit: clear, data: plain, from: EEA, to: US}
  - {id: sealed, permit: seal, data: [health, contact, opaque], from: EEA, to: US, key: DE}
  - {id: back, permit: clear, data: [plain, opaque, personal, financial, credential], from: US, to: EEA}
)";
        return made;
    }
};

}  // namespace

TEST_CASE("a declared field leaves sealed, and stays sealed on its way back unless the route opens it") {
    Vault vault;
    for (bool opens : {false, true}) {
        auto settings = vault.settings();
        settings.route_more = ", fields: [{path: $.diagnosis, data: health}]" + std::string(opens ? ", unseal: true" : "");
        settings.source_more = "    tenant: ward\n";
        Gate gate(settings);
        Connection client(gate.port());
        client.send(request("POST", "/records", R"({"id":7,"diagnosis":"J45 \"asthma\"","mail":"a@b.de"})"));
        const auto answer = client.message();
        CHECK_THAT(answer, Catch::StartsWith("HTTP/1.1 200"));
        CHECK_THAT(vault.received, Contains(R"({"id":7,"diagnosis":"eyJ)") && !Contains("asthma") && !Contains("a@b.de"));
        if (opens) CHECK(body_of(answer) == R"({"id":7,"diagnosis":"J45 \"asthma\"","mail":"a@b.de"})");
        else CHECK_THAT(answer, Contains(R"("diagnosis":"eyJ)") && !Contains("asthma"));
        CHECK(gate.recorded("\"verdict\":\"sealed\""));
        if (opens) CHECK(gate.recorded("\"unsealed\":2"));
    }
}

TEST_CASE("a body that is declared as a whole leaves as one JWE and comes home as what it was") {
    Vault vault;
    auto settings = vault.settings();
    settings.route_more = ", unseal: true";
    settings.source_more = "    declares: health\n";
    Gate gate(settings);
    for (auto [type, body] : {std::pair<std::string, std::string>{"application/json", R"({"note":"J45"})"}, {"image/png", "\x89PNG\xff not text"}, {"text/plain", "J45 for a@b.de"}}) {
        INFO(type);
        Connection client(gate.port());
        client.send(request("POST", "/records", body, type));
        const auto answer = client.message();
        CHECK_THAT(answer, Catch::StartsWith("HTTP/1.1 200") && Contains("Content-Type: " + type, Catch::CaseSensitive::No));
        CHECK(body_of(answer) == body);
        CHECK_THAT(vault.received, Contains("application/jose") && Contains("\r\n\r\neyJ") && !Contains("J45") && !Contains("PNG"));
    }
    vault.received.clear();
    Connection query(gate.port());
    query.send(request("POST", "/records?name=x", "{}"));
    CHECK_THAT(query.message(), Catch::StartsWith("HTTP/1.1 403") && Contains("place_cannot_carry"));
    Connection coded(gate.port());
    coded.send("POST /records HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\nContent-Type: application/json\r\nContent-Encoding: compress\r\nContent-Length: 2\r\n\r\n{}");
    CHECK_THAT(coded.message(), Catch::StartsWith("HTTP/1.1 403") && Contains("place_cannot_carry"));
    CHECK(vault.received.empty());
}

TEST_CASE("a body that is declared as a whole cannot be masked: it is refused, not sent with what was found masked") {
    Vault vault;
    auto settings = vault.settings();
    settings.rules = R"(  - {id: plain, permit: clear, data: [plain, opaque], from: EEA, to: US}
  - {id: masked, permit: mask, data: [health, contact], from: EEA, to: US}
  - {id: back, permit: clear, data: [plain, opaque, personal, financial, credential], from: US, to: EEA}
)";
    settings.source_more = "    declares: health\n";
    Gate gate(settings);
    Connection client(gate.port());
    client.send(request("POST", "/records", R"({"note":"J45"})"));
    CHECK_THAT(client.message(), Catch::StartsWith("HTTP/1.1 403") && Contains("form_not_accepted") && Contains("declare its fields"));
    CHECK(vault.received.empty());
}

TEST_CASE("a deterministic token opens in a later exchange of its source, in JSON and in text, where the route opens such values") {
    Vault vault;
    auto settings = vault.settings();
    settings.rules = R"(  - {id: plain, permit: clear, data: plain, from: EEA, to: US}
  - {id: tokens, permit: mask, data: contact, from: EEA, to: US, with: crypto_deterministic}
  - {id: back, permit: clear, data: [plain, opaque, personal, financial, credential], from: US, to: EEA}
)";
    Gate closed(settings);
    Connection first(closed.port());
    first.send(request("POST", "/records", R"({"mail":"a@b.de"})"));
    const auto body = body_of(first.message());
    REQUIRE_THAT(body, Catch::StartsWith(R"({"mail":"BGT1_DE_)"));
    const auto token = body.substr(9, body.size() - 11);
    settings.route_more = ", unseal: true";
    settings.keys = false;
    settings.more = "keys: {directory: " + closed.folder().path("keys") + "}\n";
    Gate opens(settings);
    for (auto [type, sent, expected] : {std::tuple<std::string, std::string, std::string>{"application/json", "{\"to\":\"" + token + "\"}", R"({"to":"a@b.de"})"},
                                        {"text/plain", "write to **" + token + "** today", "write to **a@b.de** today"},
                                        {"text/plain", "see https://x/" + token, "see https://x/" + token}}) {
        Connection later(opens.port());
        later.send(request("POST", "/records", sent, type));
        CHECK(body_of(later.message()) == expected);
    }
}

TEST_CASE("a damaged sealed value stays as it is, beside one that opens") {
    Vault vault;
    auto settings = vault.settings();
    settings.route_more = ", fields: [{path: $.diagnosis, data: health}], unseal: true";
    settings.rules += "  - {id: opaque-too, permit: clear, data: opaque, from: EEA, to: US}\n";
    Gate gate(settings);
    Connection client(gate.port());
    client.send(request("POST", "/records", R"({"diagnosis":"J45"})"));
    CHECK_THAT(client.message(), Contains("J45"));
    auto token = body_of(vault.received);
    token = token.substr(14, token.size() - 16);
    REQUIRE_THAT(token, Catch::StartsWith("eyJ"));
    auto damaged = token;
    auto& letter = damaged[damaged.size() - 30];
    letter = letter == 'A' ? 'B' : 'A';
    client.send(request("POST", "/records", R"({"whole":")" + token + R"(","damaged":")" + damaged + "\"}"));
    CHECK(body_of(client.message()) == R"({"whole":"J45","damaged":")" + damaged + "\"}");
}

TEST_CASE("what was sealed as a number, an object or a literal comes home as that, and a text as a text") {
    Vault vault;
    auto settings = vault.settings();
    settings.route_more = ", fields: [{path: $.v, data: health}, {path: $.t, data: health}], unseal: true";
    Gate gate(settings);
    for (std::string value : {"7", "-1.50e3", "true", "{\"a\":[1,\"x\"]}", "[ ]", "\"7\"", "\"true\""}) {
        INFO(value);
        Connection client(gate.port());
        const std::string body = "{\"v\": " + value + " ,\"t\":\"{\"}";
        client.send(request("POST", "/records", body));
        CHECK(body_of(client.message()) == body);
        CHECK_THAT(vault.received, Contains("{\"v\": \"eyJ") && Contains("\"t\":\"eyJ"));
    }
    // A number in which something is found is sealed as a whole.
    settings.rules += "  - {id: cards, permit: seal, data: financial, from: EEA, to: US, key: DE}\n";
    Gate cards(settings);
    Connection client(cards.port());
    client.send(request("POST", "/records", "{\"card\":4111111111111111}"));
    CHECK(body_of(client.message()) == "{\"card\":4111111111111111}");
    CHECK_THAT(vault.received, Contains("{\"card\":\"eyJ") && !Contains("4111"));
}
