// Messages of a session as crossings: what leaves, what is refused, what comes home, and what another snapshot changes.
#include "proxy/websocket_crossing.hpp"

#include <catch2/catch.hpp>

#include "config/loader.hpp"

using namespace bordergate;
using Catch::Contains;

namespace {

constexpr const char* masking = R"(  - {id: plain, permit: clear, data: plain, from: EEA, to: US}
  - {id: mask, permit: mask, data: personal, from: EEA, to: US, with: replace_with_info_type}
  - {id: no-money, limit: refuse, data: financial, from: EEA, to: US, cite: House rule 7}
)";
constexpr const char* everything = "  - {id: all, permit: clear, data: [plain, opaque, personal, health, financial, credential], from: EEA, to: US}\n";

EquipmentPtr equipment(const std::string& rules, const std::string& route_more = {}, const std::string& destination = "us") {
    const auto loaded = load_text(R"(version: 1
node: {location: DE, operator: DE}
listeners: [{name: s, address: "127.0.0.1:0", mode: reverse}]
audit: {directory: ./a}
sources: [{id: app, match: {networks: [127.0.0.0/8]}, standing: {location: DE, operator: DE}, carries: [personal, health]}]
destinations: [{id: )" + destination + R"(, url: "https://us", standing: {location: US, operator: US}, kind: model, dialect: openai}]
routes: [{id: all, destinations: [)" + destination + "]" + route_more + "}]\nrules:\n" + rules, "f.yaml", "/");
    INFO(format(loaded.diagnostics));
    REQUIRE(loaded.snapshot);
    const auto made = Equipment::make(loaded.snapshot);
    REQUIRE(made.has_value());
    return *made;
}

struct Session {
    explicit Session(EquipmentPtr by, bool realtime = true) : crossing(by, parties(*by, realtime), sent, received, 0) {}
    static WebSocketCrossing::Parties parties(const Equipment& by, bool realtime) {
        WebSocketCrossing::Parties made;
        made.source = &by.snapshot->sources[0];
        made.route = &by.snapshot->routes[0];
        made.destination = &by.snapshot->destinations[0];
        if (realtime) made.endpoint = dialect(DialectId::openai).endpoint("GET", "/v1/realtime");
        return made;
    }
    std::string out(std::string message, bool text = true) {
        const Status done = crossing.outbound(text, message);
        return done.has_error() ? "!" + std::string(info(done.error().code).name) + " " + done.error().rule : message;
    }
    std::string in(const std::string& message, bool text = true) {
        std::vector<WebSocketCrossing::Message> came;
        const Status done = crossing.inbound(text, message, came);
        if (done.has_error()) return "!" + std::string(info(done.error().code).name);
        return came.size() == 1 ? came.front().bytes : std::to_string(came.size()) + " messages";
    }
    Findings sent, received;
    WebSocketCrossing crossing;
};

}  // namespace

TEST_CASE("a session that may hold anything passes untouched") {
    CHECK(Session(equipment(everything)).crossing.untouched());
    CHECK_FALSE(Session(equipment(masking)).crossing.untouched());
    Session session(equipment(everything));
    CHECK(session.out("a@b.de DE89370400440532013000") == "a@b.de DE89370400440532013000");
    CHECK(session.out(std::string("\0\xff", 2), false) == std::string("\0\xff", 2));
}

TEST_CASE("texts are read as JSON where they are, else as text") {
    Session session(equipment(masking));
    CHECK(session.out("hello") == "hello");
    CHECK(session.out("mail a@b.de") == "mail [EMAIL_ADDRESS]");
    CHECK(session.out(" {\"to\": \"a@b.de\", \"n\": 1}") == " {\"to\": \"[EMAIL_ADDRESS]\", \"n\": 1}");
    CHECK(session.out("[\"a\\u0040b.de\"]") == "[\"[EMAIL_ADDRESS]\"]");
    CHECK(session.out("{a@b.de}") == "{[EMAIL_ADDRESS]}");
    CHECK(session.out("") == "");
    CHECK(session.sent.masked == 4);
}

TEST_CASE("a message that holds what may not go is refused by its rule, and others still cross") {
    Session session(equipment(masking));
    CHECK(session.out("{\"iban\":\"DE89370400440532013000\"}") == "!limited no-money");
    CHECK(session.out("IBAN DE89370400440532013000") == "!limited no-money");
    // What cannot be inspected could be that too.
    CHECK(session.out("\x01", false) == "!limited no-money");
    CHECK(session.out("{\"type\":\"input_audio_buffer.append\",\"audio\":\"AAAA\"}") == "!limited no-money");
    CHECK(session.out("a@b.de") == "[EMAIL_ADDRESS]");
}

TEST_CASE("where fields are declared, what looks like JSON and is not could hide them") {
    Session session(equipment(masking, ", fields: [{path: \"$.name\", data: contact}]"));
    CHECK(session.out("{\"name\":\"Anna\"}") == "{\"name\":\"[CONTACT]\"}");
    CHECK(session.out("{\"name\":\"Anna\"} x") == "!body_invalid ");
    CHECK(session.out("plain text") == "plain text");
}

TEST_CASE("answers of inference come home, and as data only by a permit") {
    Session realtime(equipment(masking));
    CHECK(realtime.in("call a@b.de") == "call a@b.de");
    CHECK(realtime.in("\xff", false) == "\xff");
    const std::string back = "  - {id: back, permit: clear, data: plain, from: US, to: EEA}\n  - {id: mail, permit: mask, data: personal, from: US, to: EEA, with: replace_with_info_type}\n";
    Session data(equipment(masking + back), false);
    CHECK(data.in("call a@b.de") == "call [EMAIL_ADDRESS]");
    CHECK(data.in("{\"a\":\"a@b.de\"}") == "{\"a\":\"[EMAIL_ADDRESS]\"}");
    CHECK(data.in("DE89370400440532013000").starts_with("!"));
    CHECK(data.in("\xff", false).starts_with("!"));
    CHECK(data.received.masked == 2);
    Session none(equipment(masking), false);
    CHECK(none.out("hello") == "!response_refused ");
}

TEST_CASE("text in pieces is judged as the one that it is, and what waits for more of it is said before the close") {
    Session session(equipment(std::string(masking) + "  - {id: no-mail, limit: mask, data: personal, from: US, to: EEA, with: redact}\n"));
    CHECK(session.in("{\"type\":\"response.text.delta\",\"delta\":\"a@b\"}") == "0 messages");
    std::vector<WebSocketCrossing::Message> came;
    REQUIRE(session.crossing.inbound(true, "{\"type\":\"response.text.done\",\"text\":\"a@b.de\"}", came).has_value());
    REQUIRE(came.size() == 2);
    CHECK(came[0].bytes == "{\"type\":\"response.text.delta\",\"delta\":\"a@b\"}");
    CHECK(came[1].bytes == "{\"type\":\"response.text.done\",\"text\":\"\"}");
    CHECK(session.in("{\"type\":\"response.text.delta\",\"delta\":\"to c@d.\"}") == "0 messages");
    CHECK(session.in("{\"type\":\"response.text.delta\",\"delta\":\"de now\"}") == "{\"type\":\"response.text.delta\",\"delta\":\"\"}");
    came.clear();
    REQUIRE(session.crossing.rest(came).has_value());
    REQUIRE(came.size() == 1);
    CHECK(came[0].bytes == "{\"type\":\"response.text.delta\",\"delta\":\"to  now\"}");
    came.clear();
    REQUIRE(session.crossing.rest(came).has_value());
    CHECK(came.empty());
}

TEST_CASE("reasons of closes are texts too") {
    Session session(equipment(masking));
    CHECK(session.crossing.reason(true, "bye a@b.de") == "bye [EMAIL_ADDRESS]");
    CHECK(session.crossing.reason(true, "DE89370400440532013000") == "");
    CHECK(session.crossing.reason(true, std::string(110, 'r') + " a@b.de") == "");
    CHECK(session.crossing.reason(false, "bye") == "bye");
}

TEST_CASE("what a later snapshot finds is told by the class ids of the first") {
    const auto with = [](const char* classes, const char* data) { return equipment(std::string(masking) + classes, std::string(", fields: [{path: \"$.pay\", data: ") + data + "}]"); };
    const auto first = with("classes: {payroll: {under: personal}}\n", "payroll");
    Session session(first);
    CHECK(session.out("{\"pay\":\"much\"}") == "{\"pay\":\"[PAYROLL]\"}");
    const auto payroll = ClassSet{*first->snapshot->classes.find("payroll")};
    CHECK(session.sent.classes.covers(payroll));
    const auto before = session.sent.classes;
    REQUIRE(session.crossing.renew(with("classes: {aid: {under: personal}, payroll: {under: personal}, bonus: {under: payroll}}\n", "bonus"), 0).has_value());
    CHECK(session.out("{\"pay\":\"more\"}") == "{\"pay\":\"[BONUS]\"}");
    CHECK(session.sent.classes == before);
    CHECK(session.sent.masked == 2);
}

TEST_CASE("a new snapshot judges what follows; where the cell closed, or a party is gone, the session cannot go on") {
    Session session(equipment(everything));
    CHECK(session.out("DE89370400440532013000") == "DE89370400440532013000");
    REQUIRE(session.crossing.renew(equipment(masking), 0).has_value());
    CHECK(session.out("a@b.de") == "[EMAIL_ADDRESS]");
    CHECK(session.out("DE89370400440532013000") == "!limited no-money");
    const auto same = session.crossing.equipment();
    CHECK(session.crossing.renew(equipment(masking, {}, "elsewhere"), 0).error().code == Code::policy_changed);
    CHECK(session.crossing.equipment() == same);
    REQUIRE(session.crossing.renew(equipment("  - {id: none, limit: refuse, data: plain, from: EEA, to: US}\n"), 0).has_value());
    CHECK(session.out("hello").starts_with("!"));
    CHECK(session.crossing.renew(equipment(std::string(masking) + "  - {id: nothing-back, limit: refuse, data: plain, from: US, to: EEA}\n"), 0).error().code == Code::response_refused);
    CHECK(session.out("hello").starts_with("!"));
}

TEST_CASE("operators by place and entity are those of the equipment, and the record names them") {
    Session session(equipment("  - {id: m, permit: mask, data: [personal, plain], from: EEA, to: US, with: {replace_with_info_type: {}, "
                              "entities: {IBAN_CODE: {replace: an account}}, paths: {'$.quiet': redact}}}\n"));
    CHECK(session.out(R"({"to": "a@b.de", "quiet": ["a@b.de"]})") == R"({"to": "[EMAIL_ADDRESS]", "quiet": [""]})");
    CHECK(session.sent.operators == decltype(session.sent.operators){"redact", "replace_with_info_type"});
}

TEST_CASE("messages that an analyser would have to be asked of do not cross, whichever way they go") {
    const std::string analyser = "analysers: [{id: ner, url: \"http://127.0.0.1:1\"}]\n";
    Session session(equipment(std::string(masking) + analyser));
    CHECK(session.out("hello") == "!opaque_refused ");
    CHECK(session.in("hello") == "!opaque_refused");
    CHECK_FALSE(session.crossing.untouched());
    // Where all that it could find may go in clear it is not needed.
    const std::string named = "  - {id: all, permit: clear, data: [plain, opaque, personal, health, beliefs, financial, credential], from: EEA, to: US}\n"
                              "  - {id: back, permit: clear, data: [plain, opaque, personal, health, beliefs, financial, credential], from: US, to: EEA}\n";
    CHECK(Session(equipment(named + analyser)).out("hello") == "hello");
    Session before(equipment(masking));
    CHECK(before.out("hello") == "hello");
    CHECK(before.crossing.renew(equipment(std::string(masking) + analyser), 0).error().code == Code::opaque_refused);
    CHECK(before.out("hello") == "!opaque_refused ");
}
