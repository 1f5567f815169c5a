// WebSocket sessions between the real `ws` client and server, through the real bordergate: whole messages cross judged,
// both ways, and both ends see closes and errors as if they spoke to each other.
#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/support/peers.hpp"
#include "tests/support/websocket_peers.hpp"

using namespace bordergate::testing;
using Catch::Contains;
using Catch::StartsWith;

namespace {

using Server = WebSocketPeer;

GateSettings settings(const Server& server, const std::string& rules = {}) {
    GateSettings made;
    made.destination_url = server.url();
    made.destination_more = "    kind: model\n";
    made.rules = rules;
    return made;
}

constexpr const char* masking = R"(  - {id: plain, permit: clear, data: plain, from: EEA, to: US}
  - {id: mask, permit: mask, data: personal, from: EEA, to: US, with: pseudonym, cite: GDPR Art. 46}
)";

/// Everything but bank data may go: every message is looked at, and may be compressed.
constexpr const char* looking = R"(  - {id: all-clear, permit: clear, data: [plain, opaque, personal, credential], from: EEA, to: US}
)";

GateSettings masked(const Server& server) {
    GateSettings made = settings(server, masking);
    made.keys = true;
    return made;
}

}  // namespace

TEST_CASE("a session that may pass is relayed: text, binary, fragments, pings, and what the ends agree on") {
    NEEDS_NODE();
    for (const std::string deflate : {"true", "false"}) {
        Server server("{\"perMessageDeflate\":" + deflate + "}");
        Gate gate(settings(server));
        const auto seen = visit(gate, R"([["wait","open"],["send","hello a@b.de"],["wait","message"],["binary","00ff"],["wait","message"],["fragments","a","b","c"],["wait","message"],
                                         ["ping","p"],["wait","pong"],["close",4001,"bye"],["wait","close"]])",
                                R"({"protocols":["one","two"]})");
        CHECK_THAT(seen, StartsWith(deflate == "true" ? "open \"one\" \"permessage-deflate" : "open \"one\" \"\""));
        CHECK_THAT(seen, Contains("text \"hello a@b.de\"\nbinary 00ff\ntext \"abc\"\npong \"p\"\nclose 4001 \"bye\""));
        CHECK(server.next("close") == "close 4001 \"bye\"");
        CHECK(gate.recorded("\"kind\":\"outcome\""));
        CHECK_THAT(gate.records(), Contains("\"plan\":\"pass\"") && Contains("\"verdict\":\"clear\"") && Contains("\"status\":101"));
    }
}

TEST_CASE("a session whose messages are looked at behaves the same") {
    NEEDS_NODE();
    for (const std::string of_server : {"true", "false", R"({"serverNoContextTakeover":true,"clientNoContextTakeover":true,"serverMaxWindowBits":10,"clientMaxWindowBits":10,"threshold":0})"})
        for (const std::string of_client : {"true", "false"}) {
            INFO(of_server << " " << of_client);
            Server server("{\"perMessageDeflate\":" + of_server + "}");
            Gate gate(settings(server, looking));
            const std::string long_text(2000, 'z');
            const auto seen = visit(gate, R"([["wait","open"],["send","hello"],["wait","message"],["binary","00ff"],["wait","message"],["fragments","a","b","c"],["wait","message"],
                                             ["send",")" + long_text + R"("],["wait","message"],["send",")" + long_text + R"("],["wait","message"],["send",""],["wait","message"],
                                             ["send","!fragments d e"],["wait","message"],["ping","p"],["wait","pong"],["big",300000],["wait","message"],["close",4001,"bye"],["wait","close"]])",
                                    R"({"protocols":["one","two"],"perMessageDeflate":)" + of_client + "}");
            CHECK_THAT(seen, StartsWith(of_client == "true" ? "open \"one\" \"permessage-deflate" : "open \"one\" \"\""));
            const auto twice = "text \"" + long_text + "\"\n";
            CHECK_THAT(seen, Contains("text \"hello\"\nbinary 00ff\ntext \"abc\"\n" + twice + twice + "text \"\"\ntext \"de\"\npong \"p\"\nlong 300000\nclose 4001 \"bye\""));
            CHECK_THAT(server.next("connection"), Contains("\"sec-websocket-protocol\":\"one, two\"") && !Contains("secret"));
            CHECK(server.next("close") == "close 4001 \"bye\"");
            CHECK(gate.recorded("\"messages_out\":8,\"messages_in\":8"));
        }
}

TEST_CASE("what may only go masked reaches the server as a label and comes back as it was, also in pieces") {
    NEEDS_NODE();
    Server server;
    Gate gate(masked(server));
    const auto seen = visit(gate, R"([["wait","open"],["send","I am anna@example.org"],["wait","message"],["send","{\"who\":\"anna@example.org\"}"],["wait","message"],
                                     ["send","!deltas dear anna@example.org, hello bob@example.org"],["wait","message"],["wait","message"],["wait","message"],["wait","message"],["wait","message"],["wait","message"],
                                     ["wait","message"],["wait","message"],["wait","message"],["wait","message"],["wait","message"],["close",1000],["wait","close"]])");
    CHECK_THAT(seen, Contains("text \"I am anna@example.org\"\ntext \"{\\\"who\\\":\\\"anna@example.org\\\"}\"\n"));
    CHECK_THAT(seen, !Contains("EMAIL_ADDRESS"));
    CHECK_THAT(seen, Contains("\\\"text\\\":\\\"dear anna@example.org, hello bob@example.org\\\""));
    std::string joined;
    for (std::size_t at = 0; (at = seen.find("\\\"delta\\\":\\\"", at)) != std::string::npos;) {
        at += 12;
        joined += seen.substr(at, seen.find("\\\"", at) - at);
    }
    CHECK(joined == "dear anna@example.org, hello bob@example.org");
    for (int i = 0; i < 3; ++i) CHECK_THAT(server.next("message"), Contains("EMAIL_ADDRESS_") && !Contains("anna") && !Contains("bob@"));
    CHECK(gate.recorded("\"verdict\":\"masked\""));
    CHECK_THAT(gate.records(), Contains("\"messages_out\":3") && Contains("\"EMAIL_ADDRESS\":4") && Contains("\"restored\""));
    CHECK_THAT(gate.records(), !Contains("anna@") && !Contains("bob@"));
}

TEST_CASE("labels of one session are nothing to another") {
    NEEDS_NODE();
    Server server;
    Gate gate(masked(server));
    (void)visit(gate, R"([["wait","open"],["send","anna@example.org"],["wait","message"],["close",1000],["wait","close"]])");
    const auto got = server.next("message");
    const auto label = got.substr(got.find("EMAIL_ADDRESS_"), 28);
    CHECK_THAT(visit(gate, R"([["wait","open"],["send","bob@example.org"],["wait","message"],["send",")" + label + R"("],["wait","message"],["close",1000],["wait","close"]])"), Contains("text \"" + label + "\""));
}

TEST_CASE("a message that may not cross ends the session with 1008, in the dialect's words first, and does not leave") {
    NEEDS_NODE();
    Server server;
    Gate gate(masked(server));
    const auto seen = visit(gate, R"([["wait","open"],["send","fine"],["wait","message"],["send","IBAN DE89370400440532013000"],["wait","close"]])");
    CHECK_THAT(seen, Contains(R"(\"type\":\"error\",\"error\":{)") && Contains(R"(\"code\":\"no_permit\")") && Contains("close 1008 \"no_permit attempt flow-"));
    CHECK(server.next("message") == "message text \"fine\"");
    CHECK(server.next("close") == "close 1001 \"\"");
    CHECK(gate.recorded("\"verdict\":\"cut\""));
    CHECK_THAT(gate.records(), Contains("\"code\":\"no_permit\"") && Contains("\"messages_out\":1") && !Contains("DE8937"));
}

TEST_CASE("binary messages cannot be inspected and need a permit") {
    NEEDS_NODE();
    Server server;
    Gate gate(masked(server));
    CHECK_THAT(visit(gate, R"([["wait","open"],["binary","00"],["wait","close"]])"), Contains("close 1008 \"opaque_refused"));
    CHECK(server.next("close") == "close 1001 \"\"");
}

TEST_CASE("what comes back is judged too") {
    NEEDS_NODE();
    Server server;
    GateSettings how = settings(server, std::string(looking) + R"(  - {id: back, permit: clear, data: plain, from: US, to: EEA}
  - {id: no-mail-back, permit: mask, data: personal, from: US, to: EEA, with: replace_with_info_type}
)");
    how.destination_more.clear();  // no model: what it answers is data
    Gate gate(how);
    const auto seen = visit(gate, R"([["wait","open"],["send","from anna@example.org"],["wait","message"],["send","!say DE89370400440532013000"],["wait","close"]])", "{}", "/feed");
    CHECK_THAT(seen, Contains("text \"from [EMAIL_ADDRESS]\"") && Contains("close 1008") && !Contains("DE8937"));
    CHECK(server.next("close") == "close 1001 \"\"");
}

TEST_CASE("closes and their reasons cross, and a reason that may not is left out") {
    NEEDS_NODE();
    Server server;
    Gate gate(masked(server));
    CHECK_THAT(visit(gate, R"([["wait","open"],["send","!close 4002 because"],["wait","close"]])"), Contains("close 4002 \"because\""));
    CHECK_THAT(visit(gate, R"([["wait","open"],["close",4003,"by anna@example.org"],["wait","close"]])"), Contains("close 4003"));
    CHECK(server.next("close 4003").find("anna") == std::string::npos);
    CHECK_THAT(visit(gate, R"([["wait","open"],["close",4004,"DE89370400440532013000"],["wait","close"]])"), Contains("close 4004"));
    CHECK(server.next("close 4004") == "close 4004 \"\"");
    CHECK_THAT(visit(gate, R"([["wait","open"],["close"],["wait","close"]])"), Contains("close 1005 \"\""));
    CHECK(server.next("close") == "close 1005 \"\"");
}

TEST_CASE("pings are answered here and do not cross") {
    NEEDS_NODE();
    Server server;
    Gate gate(masked(server));
    const auto seen = visit(gate, R"([["wait","open"],["ping","anna@example.org"],["wait","pong"],["send","!ping bob"],["send","done"],["wait","message"],["close",1000],["wait","close"]])");
    CHECK_THAT(seen, Contains("pong \"anna@example.org\"") && !Contains("ping \"bob\""));
    CHECK(server.next("pong") == "pong \"bob\"");
}

TEST_CASE("a longer message than limits.message closes with 1009, whoever sends it") {
    NEEDS_NODE();
    Server server;
    auto how = masked(server);
    how.more = "limits: {message: 10KiB}\n";
    Gate gate(how);
    CHECK_THAT(visit(gate, R"([["wait","open"],["big",10240],["wait","message"],["big",10241],["wait","close"]])"), Contains("close 1009 \"body_too_large"));
    CHECK(server.next("close") == "close 1001 \"\"");
    CHECK_THAT(visit(gate, R"([["wait","open"],["send","!big 20000"],["wait","close"]])"), Contains("close 1011 \"upstream_too_large"));
    CHECK(server.next("close 1009") == "close 1009 \"\"");
}

TEST_CASE("a violation of the protocol ends both connections, and names the one at fault") {
    NEEDS_NODE();
    Server server;
    Gate gate(masked(server));
    CHECK_THAT(visit(gate, R"([["wait","open"],["raw","810161"],["wait","close"]])"), Contains("close 1002 \"framing_invalid"));
    CHECK(server.next("close") == "close 1001 \"\"");
    CHECK_THAT(visit(gate, R"([["wait","open"],["raw","8181000000ff"],["raw","8181000000ffff"],["wait","close"]])"), Contains("close 100"));
    CHECK_THAT(visit(gate, R"([["wait","open"],["send","!raw 8381000000ff61"],["wait","close"]])"), Contains("close 1011 \"upstream_invalid"));
    CHECK(gate.recorded("\"code\":\"upstream_invalid\""));
}

TEST_CASE("a peer that just goes is told of to the other") {
    NEEDS_NODE();
    Server server;
    Gate gate(masked(server));
    CHECK_THAT(visit(gate, R"([["wait","open"],["send","!drop"],["wait","close"]])"), Contains("close 1011 \"upstream_gone"));
    (void)visit(gate, R"([["wait","open"],["send","x"],["wait","message"],["drop"],["wait","close"]])");
    CHECK(server.next("close 1001") == "close 1001 \"\"");
    CHECK(gate.recorded("\"code\":\"client_gone\""));
}

TEST_CASE("an upgrade that may not be is refused in plain HTTP, by the dialect; and an upstream's own refusal comes through") {
    NEEDS_NODE();
    Server server;
    Gate gate(masked(server));
    CHECK_THAT(visit(gate, R"([["wait","close"]])", "{}", "/v1/realtime?model=m&iban=DE89370400440532013000"), StartsWith("refused 403") && Contains("no_permit"));
    CHECK_THAT(visit(gate, R"([["wait","close"]])", R"({"headers":{"authorization":"Bearer wrong"}})"), StartsWith("refused 401"));
    CHECK_THAT(visit(gate, R"([["wait","close"]])", R"({"protocolVersion":8})"), StartsWith("refused 400"));
    Upstream other([](Connection& connection) {
        (void)connection.head();
        connection.send("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nContent-Type: text/plain\r\n\r\nnone");
    });
    auto how = masked(server);
    how.destination_url = "http://127.0.0.1:" + std::to_string(other.port());
    Gate elsewhere(how);
    CHECK_THAT(visit(elsewhere, R"([["wait","close"]])"), StartsWith("refused 404 \"none\""));
}

TEST_CASE("an upstream that does not prove that it understood is not spoken to") {
    NEEDS_NODE();
    Server server;
    for (const std::string more : {"Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n", "", "Upgrade: h2c\r\n"}) {
        Upstream liar([&](Connection& connection) {
            (void)connection.head();
            connection.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n" + more + "\r\n");
            (void)connection.all();
        });
        auto how = masked(server);
        how.destination_url = "http://127.0.0.1:" + std::to_string(liar.port());
        Gate gate(how);
        CHECK_THAT(visit(gate, R"([["wait","close"]])"), StartsWith("refused 502"));
    }
}

TEST_CASE("the credential in a subprotocol ends here") {
    NEEDS_NODE();
    Server server;
    Gate gate(masked(server));
    CHECK_THAT(visit(gate, R"([["wait","open"],["close",1000],["wait","close"]])", R"({"protocols":["realtime","openai-insecure-api-key.sk-123"]})"), StartsWith("open \"realtime\""));
    CHECK_THAT(server.next("connection"), Contains("\"sec-websocket-protocol\":\"realtime\"") && !Contains("sk-123"));
}

TEST_CASE("silent peers are pinged, and given up when they do not answer") {
    NEEDS_NODE();
    Server server;
    auto how = masked(server);
    how.more = "timeouts: {idle: 1s, body: 1s}\n";
    Gate gate(how);
    // Both answer: the session outlives the timeout. Two pings came to the client.
    CHECK_THAT(visit(gate, R"([["wait","open"],["wait","ping"],["wait","ping"],["wait","ping"],["close",1000],["wait","close"]])"), Contains("close 1000"));
    // A client on a raw socket answers nothing.
    Connection mute(gate.port());
    mute.send("GET /v1/realtime?model=m HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    CHECK_THAT(mute.head(), StartsWith("HTTP/1.1 101") && Contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    CHECK(mute.exactly(2) == std::string("\x89\x00", 2));
    (void)mute.all();
    CHECK(gate.recorded("\"code\":\"client_timeout\""));
}

TEST_CASE("a session over an HTTP/2 stream (RFC 8441) is the same session") {
    NEEDS_NODE();
    for (const char* rules : {masking, ""}) {
        Server server;
        auto how = masked(server);
        how.rules = rules;
        how.listener_more = "    protocols: http2\n";
        Gate gate(how);
        const auto seen = visit(gate, R"([["wait","open"],["send","I am anna@example.org"],["wait","message"],["big",300000],["wait","message"],["ping","p"],["wait","pong"],["close",4001,"bye"],["wait","close"]])",
                                R"({"http2":true})");
        CHECK_THAT(seen, Contains("text \"I am anna@example.org\"\nlong 300000\npong \"p\"\nclose 4001 \"bye\""));
        CHECK(Contains("EMAIL_ADDRESS_").match(server.next("message")) == (rules == masking));
        CHECK(server.next("close") == "close 4001 \"bye\"");
    }
}

TEST_CASE("draining closes sessions with 1001") {
    NEEDS_NODE();
    for (const bool looked_at : {true, false}) {
        Server server;
        Gate gate(looked_at ? masked(server) : settings(server));
        Process client({node(), websocket_script, "client", "ws://127.0.0.1:" + std::to_string(gate.port()) + "/v1/realtime?model=m", "{}", R"([["wait","open"],["send","x"],["wait","message"],["ready"],["wait","close"]])"});
        while (auto line = client.line())
            if (*line == "ready") break;
        gate.process().signal(SIGTERM);
        CHECK_THAT(client.rest(), Contains("close 1001 \"draining"));
        CHECK(gate.process().wait() == 0);
        CHECK_THAT(server.next("close"), StartsWith(looked_at ? "close 1001 \"\"" : "close 1006"));
        CHECK_THAT(gate.records(), Contains("\"verdict\":\"cut\"") && Contains("\"code\":\"draining\""));
    }
}

TEST_CASE("after a reload the next message of an open session is judged by the new rules, and one that passed untouched ends where they forbid it") {
    NEEDS_NODE();
    for (const bool looked_at : {true, false}) {
        Server server;
        GateSettings how = settings(server, looked_at ? looking : "");
        how.more = "reload: {grace: 0s, watch: false}\n";
        Gate gate(how);
        Process client({node(), websocket_script, "client", "ws://127.0.0.1:" + std::to_string(gate.port()) + "/v1/realtime?model=m", "{}",
                        R"([["wait","open"],["send","x"],["wait","message"],["ready"],["signal"],["send","I am anna@example.org"],["wait","close"]])"});
        while (auto line = client.line())
            if (*line == "ready") break;
        auto config = read_file(gate.folder().path("gate.yaml"));
        const auto rules = config.find("rules:\n") + 7;
        config.replace(rules, config.find("reload:", rules) - rules,
                       "  - {id: plain-only, permit: clear, data: plain, from: EEA, to: US}\n  - {id: nobody, limit: refuse, data: personal, from: EEA, to: US}\n"
                       "  - {id: back, permit: clear, data: [plain, opaque, personal, financial, credential], from: US, to: EEA}\n");
        gate.folder().write("gate.yaml", config);
        gate.process().signal(SIGHUP);
        REQUIRE(gate.recorded("takes over"));
        if (looked_at) {
            client.signal(SIGUSR2);
            CHECK_THAT(client.rest(), Contains("close 1008 \"limited rule nobody"));
            CHECK(gate.recorded("\"code\":\"limited\""));
            CHECK(server.next("message") == "message text \"x\"");
            CHECK(server.next("close") == "close 1001 \"\"");
        } else {
            CHECK(gate.recorded("\"code\":\"policy_changed\""));
            client.signal(SIGUSR2);
            CHECK_THAT(client.rest(), Contains("close 1008 \"policy_changed"));
        }
    }
}
