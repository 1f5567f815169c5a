// WebSocket to an upstream that speaks HTTP/2 only (RFC 8441), from clients of either version: the real `ws` on streams of
// Node's HTTP/2, through the real bordergate.
#include <csignal>

#include "tests/support/h2_peer.hpp"
#include "tests/support/websocket_peers.hpp"

using namespace bordergate::testing;
using Catch::Contains;
using Catch::StartsWith;

namespace {

constexpr const char* masking = R"(  - {id: plain, permit: clear, data: plain, from: EEA, to: US}
  - {id: mask, permit: mask, data: personal, from: EEA, to: US, with: pseudonym, cite: GDPR Art. 46}
)";

/// `rules` empty: nothing is looked at.
GateSettings towards(const WebSocketPeer& server, const std::string& rules) {
    GateSettings made;
    made.destination_url = server.url();
    made.destination_more = "    kind: model\n    protocols: [http2]\n";
    made.rules = rules;
    made.keys = !rules.empty();
    made.listener_more = "    protocols: [http1, http2]\n";
    return made;
}

constexpr const char* http1 = "{}";
constexpr const char* http2 = R"({"http2":true})";

}  // namespace

TEST_CASE("a session to an upstream over HTTP/2 is the same session, from clients of either version, looked at or not") {
    NEEDS_NODE();
    for (const std::string rules : {masking, ""}) {
        for (const char* client : {http1, http2}) {
            INFO(rules << client);
            WebSocketPeer server(R"({"http2":true})");
            Gate gate(towards(server, rules));
            const auto seen = visit(gate, R"([["wait","open"],["send","I am anna@example.org"],["wait","message"],["big",300000],["wait","message"],["ping","p"],["wait","pong"],["close",4001,"bye"],["wait","close"]])", client);
            CHECK_THAT(seen, Contains("text \"I am anna@example.org\"\nlong 300000\npong \"p\"\nclose 4001 \"bye\""));
            const auto asked = server.next("connection");
            CHECK_THAT(asked, Contains("/v1/realtime?model=m") && Contains("\":protocol\":\"websocket\"") && Contains("\"sec-websocket-version\":\"13\"") && !Contains("sec-websocket-key"));
            CHECK_THAT(asked, !Contains("secret"));
            CHECK(Contains("EMAIL_ADDRESS_").match(server.next("message")) == !rules.empty());
            CHECK(server.next("close") == "close 4001 \"bye\"");
            CHECK(gate.recorded("\"kind\":\"outcome\""));
        }
    }
}

TEST_CASE("sessions share one connection to an upstream over HTTP/2, and end one by one") {
    NEEDS_NODE();
    WebSocketPeer server(R"({"http2":true})");
    Gate gate(towards(server, ""));
    Process first({node(), websocket_script, "client", "ws://127.0.0.1:" + std::to_string(gate.port()) + "/v1/realtime?model=one", "{}",
                   R"([["wait","open"],["send","x"],["wait","message"],["ready"],["signal"],["send","y"],["wait","message"],["close",4002,"later"],["wait","close"]])"});
    while (auto line = first.line())
        if (*line == "ready") break;
    CHECK_THAT(visit(gate, R"([["wait","open"],["send","z"],["wait","message"],["close",4001,"bye"],["wait","close"]])", "{}", "/v1/realtime?model=two"), Contains("close 4001 \"bye\""));
    first.signal(SIGUSR2);
    CHECK_THAT(first.rest(), Contains("text \"y\"\nclose 4002 \"later\""));
    Connection client(gate.port("admin"));
    client.send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK_THAT(client.message(), Contains("bordergate_upstream_connections{destination=\"far\"} 1\n"));
}

TEST_CASE("a subprotocol is agreed on over HTTP/2 too, and a refusal comes through as it is") {
    NEEDS_NODE();
    WebSocketPeer server(R"({"http2":true})");
    Gate gate(towards(server, ""));
    CHECK_THAT(visit(gate, R"([["wait","open"],["close",1000,""],["wait","close"]])", R"({"protocols":["realtime","other"]})"), Contains("open \"realtime\""));
    CHECK_THAT(visit(gate, R"([["wait","close"]])", "{}", "/v1/none"), Contains("refused 404 \"nothing here\""));
}

TEST_CASE("an upstream over HTTP/2 that takes no WebSocket is said to, and is not asked") {
    NEEDS_NODE();
    WebSocketPeer server(R"({"http2":true,"connect":false})");
    Gate gate(towards(server, ""));
    CHECK_THAT(visit(gate, R"([["wait","close"]])"), Contains("refused 502") && Contains("takes no WebSocket over HTTP/2"));
    CHECK(gate.recorded("\"code\":\"upstream_invalid\""));
}

TEST_CASE("an upstream over HTTP/2 that never says how it speaks is given up in time") {
    NEEDS_NODE();
    Upstream silent([](Connection& connection) { (void)connection.all(); });
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(silent.port());
    settings.destination_more = "    protocols: [http2]\n    timeouts: {body: 300ms, first_byte: 300ms}\n    retry: {attempts: 0}\n";
    Gate gate(settings);
    CHECK_THAT(visit(gate, R"([["wait","close"]])"), Contains("refused 504"));
    CHECK(gate.recorded("\"code\":\"upstream_timeout\""));
}

TEST_CASE("the scheme that an upstream over HTTP/2 is told is that of its own connection, not the client's") {
    std::string scheme;
    Upstream upstream([&](Connection& connection) {
        serve_h2(connection, [&](H2Peer& peer, StreamNotes& asked) {
            scheme = asked.stream->head.scheme;
            peer.answer(asked, 200, "ok");
        });
    });
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
    settings.destination_more = "    protocols: [http2]\n";
    settings.listener_more = "    protocols: http2\n";
    Gate gate(settings);
    Connection connection(gate.port());
    H2Peer client(connection, bordergate::H2Session::Role::client);
    auto head = request_head("GET", "/v1/x");
    head.fields.add("authorization", "Bearer secret");
    head.scheme = "https";  // as behind something that ends its TLS
    StreamNotes asked(client.session, *client.session.request(head, bordergate::BodyLength::none(), true));
    client.flush();
    REQUIRE(client.until([&] {
        asked.consume();
        return asked.end() != "open";
    }));
    CHECK(asked.body == "ok");
    CHECK(scheme == "http");
}
