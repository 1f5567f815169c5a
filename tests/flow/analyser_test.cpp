// Names and places, found by an external analyser: what it finds is masked as what recognisers find, and what it cannot be
// asked of does not leave.
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "tests/support/analyser_peer.hpp"
#include "tests/support/asking.hpp"

using namespace bordergate::testing;
using Catch::Contains;
using Catch::StartsWith;

namespace {

constexpr const char* masking = R"(  - {id: plain, permit: clear, data: plain, from: EEA, to: US}
  - {id: mask, permit: mask, data: personal, from: EEA, to: US, with: replace_with_info_type}
  - {id: back, permit: clear, data: [plain, opaque, personal, financial, credential], from: US, to: EEA}
)";

/// A gate with an analyser, and an upstream that keeps what it receives and answers `answer`.
struct Crossing {
    explicit Crossing(const std::string& analyser_more = {}, const std::string& rules = masking, const std::string& more = {})
        : upstream([this](Connection& connection) {
              for (auto text = connection.message(); !text.empty(); text = connection.message()) {
                  const std::scoped_lock lock(mutex);
                  received.push_back(text);
                  connection.send("HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nContent-Length: " + std::to_string(answer.size()) + "\r\n\r\n" + answer);
              }
          }) {
        GateSettings settings;
        settings.destination_url = url(upstream.port());
        settings.rules = rules;
        settings.more = "analysers:\n  - {id: ner, url: \"" + url(analyser.port()) + "\"" + analyser_more + "}\n" + more;
        gate.emplace(settings);
    }
    std::string send(const std::string& body, const std::string& content_type = "application/json", const std::string& path = "/v1/files") {
        Connection client(gate->port());
        client.send(request("POST", path, body, content_type));
        return client.message();
    }
    std::string last() {
        const std::scoped_lock lock(mutex);
        return received.empty() ? std::string() : received.back();
    }

    AnalyserPeer analyser;
    std::mutex mutex;
    std::vector<std::string> received;
    std::string answer = "{}", type = "application/json";
    Upstream upstream;
    std::optional<Gate> gate;
};

}  // namespace

TEST_CASE("names and places that an analyser finds are masked in a body of any kind", "[analyser]") {
    Crossing crossing;
    const auto answer = crossing.send(R"({"note":"Jürgen Groß aus L\u00fcbeck, anna@example.org","n":[1,"Kiel"],"nested":"{\"to\":\"Anna Schmidt\"}"})");
    CHECK_THAT(answer, StartsWith("HTTP/1.1 200"));
    CHECK(body_of(crossing.last()) == R"({"note":"[PERSON] aus [LOCATION], [EMAIL_ADDRESS]","n":[1,"[LOCATION]"],"nested":"{\"to\":\"[PERSON]\"}"})");
    // One request for all the texts of a message, in code points, asking for what is configured.
    REQUIRE(crossing.analyser.asked().size() == 1);
    const auto asked = boost::json::parse(body_of(crossing.analyser.asked()[0])).as_object();
    CHECK(asked.at("text").is_array());
    CHECK(asked.at("language") == "en");
    CHECK(asked.at("entities") == boost::json::array{"PERSON", "LOCATION", "NRP"});
    CHECK(asked.at("score_threshold").to_number<double>() == 0.5);
    CHECK_THAT(crossing.analyser.asked()[0], StartsWith("POST /analyze HTTP/1.1\r\n"));

    CHECK_THAT(crossing.send("Zoë wohnt in Kiel.", "text/plain"), StartsWith("HTTP/1.1 200"));
    CHECK_THAT(crossing.last(), Contains("[PERSON] wohnt in [LOCATION]."));
    CHECK_THAT(crossing.send("id,name\r\n1,Anna Schmidt\r\n", "text/csv"), StartsWith("HTTP/1.1 200"));
    CHECK_THAT(crossing.last(), Contains("1,[PERSON]\r\n"));
    CHECK_THAT(crossing.send("name=Anna+Schmidt&n=1", "application/x-www-form-urlencoded"), StartsWith("HTTP/1.1 200"));
    CHECK_THAT(crossing.last(), Contains("name=%5BPERSON%5D&n=1"));
    // What is base64 is one run: QW5uYSBTY2htaWR0 is "Anna Schmidt".
    CHECK_THAT(crossing.send(R"({"data":"QW5uYSBTY2htaWR0"})"), StartsWith("HTTP/1.1 200"));
    CHECK_THAT(crossing.last(), Contains(R"({"data":"[PERSON]"})"));
    // In the path and the query too.
    CHECK_THAT(crossing.send("{}", "application/json", "/v1/Anna%20Schmidt?at=Kiel"), StartsWith("HTTP/1.1 200"));
    CHECK_THAT(crossing.last(), StartsWith("POST /v1/%5BPERSON%5D?at=%5BLOCATION%5D HTTP/1.1\r\n"));
}

TEST_CASE("a long text is analysed as a whole, wherever windows would cut it", "[analyser]") {
    Crossing crossing(", max_text: 1KiB");
    std::string text, masked;
    for (int i = 0; i < 8000; ++i) {
        text += "Zeile " + std::to_string(i) + " von Jürgen Groß an Anna Schmidt. ";
        masked += "Zeile " + std::to_string(i) + " von [PERSON] an [PERSON]. ";
    }
    CHECK_THAT(crossing.send(text, "text/plain"), StartsWith("HTTP/1.1 200"));
    CHECK(body_of(crossing.last()) == masked);
    CHECK_THAT(crossing.send("{\"t\":\"" + text + "\"}"), StartsWith("HTTP/1.1 200"));
    CHECK(body_of(crossing.last()) == "{\"t\":\"" + masked + "\"}");
}

TEST_CASE("requests to an analyser share a connection, and one closed while unused is no failure", "[analyser]") {
    Crossing crossing;
    for (int i = 0; i < 5; ++i) CHECK_THAT(crossing.send(R"({"a":"Zoë"})"), StartsWith("HTTP/1.1 200"));
    CHECK(crossing.analyser.connections() == 1);
    crossing.analyser.be(AnalyserMood::closing);
    for (int i = 0; i < 5; ++i) CHECK_THAT(crossing.send(R"({"a":"Zoë"})"), StartsWith("HTTP/1.1 200"));
    CHECK(crossing.analyser.connections() >= 2);
    CHECK_THAT(crossing.last(), Contains(R"({"a":"[PERSON]"})"));
}

TEST_CASE("an analyser that takes one text is sent strings", "[analyser]") {
    Crossing crossing(", batch: 1, language: de, threshold: 80, entities: {PERSON: contact}");
    crossing.answer = R"({"a":1})";
    CHECK_THAT(crossing.send(R"({"a":"Anna Schmidt","b":"Zoë"})"), StartsWith("HTTP/1.1 200"));
    CHECK(body_of(crossing.last()) == R"({"a":"[PERSON]","b":"[PERSON]"})");
    const auto asked = crossing.analyser.asked();
    CHECK(asked.size() > 2);
    const auto first = boost::json::parse(body_of(asked[0])).as_object();
    CHECK(first.at("text").is_string());
    CHECK(first.at("language") == "de");
    CHECK(first.at("entities") == boost::json::array{"PERSON"});
    CHECK(crossing.analyser.connections() == 1);
    // An entity that it was not asked for, as a place now is: nothing of that answer counts.
    CHECK_THAT(crossing.send(R"({"a":"Kiel"})"), StartsWith("HTTP/1.1 503") && Contains("analyser_failed"));
}

TEST_CASE("whatever keeps an analyser from answering keeps the message here", "[analyser]") {
    Crossing crossing(", deadline: 300ms");
    const auto refused = [&](AnalyserMood mood, const std::string& why) {
        crossing.analyser.be(mood);
        const auto answer = crossing.send(R"({"a":"Anna Schmidt","b":"Zoë in Lübeck"})");
        INFO(why);
        CHECK_THAT(answer, StartsWith("HTTP/1.1 503") && Contains("bordergate-code: analyser_failed") && Contains("retry-after: ") && Contains(why) && !Contains("Anna"));
    };
    refused(AnalyserMood::silent, "did not answer within 300 ms");
    refused(AnalyserMood::failing, "answered with status 500");
    refused(AnalyserMood::cut_off, "did not end its answer");
    refused(AnalyserMood::no_json, "no JSON list");
    refused(AnalyserMood::too_few, "another number of texts");
    refused(AnalyserMood::outside, "a span that does not lie in the text");
    refused(AnalyserMood::unknown, "an entity that it was not asked for");
    CHECK(crossing.upstream.accepted() == 0);
    CHECK(crossing.gate->recorded("\"analyser_failed\""));
    CHECK(crossing.gate->records().find("Anna") == std::string::npos);

    crossing.analyser.be(AnalyserMood::right);
    CHECK_THAT(crossing.send(R"({"a":"Zoë"})"), StartsWith("HTTP/1.1 200"));
    // What has no letter has no name; with nothing to ask, nobody is asked.
    const auto before = crossing.analyser.asked().size();
    CHECK_THAT(crossing.send("[1,2,\"3\"]", "application/json", "/1"), StartsWith("HTTP/1.1 200"));
    CHECK(crossing.analyser.asked().size() == before);
    const auto counted = metrics(*crossing.gate);
    CHECK_THAT(counted, Contains("bordergate_analyser_requests_total{outcome=\"answered\"} 1\n") && Contains("bordergate_analyser_requests_total{outcome=\"failed\"} 7\n") &&
                            Contains("bordergate_analyser_duration_seconds_count 8\n") && Contains("bordergate_faults_total{code=\"analyser_failed\"} 7\n"));
}

TEST_CASE("an analyser that is not there keeps the message here", "[analyser]") {
    Upstream upstream([](Connection&) {});
    GateSettings settings;
    settings.destination_url = url(upstream.port());
    settings.rules = masking;
    settings.more = "analysers: [{id: ner, url: \"" + url(free_port()) + "\"}]\n";
    Gate gate(settings);
    CHECK_THAT(ask(gate, "POST", R"({"a":"Zoë"})"), StartsWith("HTTP/1.1 503") && Contains("analyser_failed"));
    CHECK(upstream.accepted() == 0);
}

TEST_CASE("what an analyser finds decides whether a held message may go", "[analyser]") {
    // Persons may go masked; where they live may not go at all.
    Crossing crossing({}, R"(  - {id: plain, permit: clear, data: plain, from: EEA, to: US}
  - {id: mask, permit: mask, data: contact, from: EEA, to: US, with: replace_with_info_type}
  - {id: back, permit: clear, data: [plain, opaque, personal, financial, credential], from: US, to: EEA}
)");
    CHECK_THAT(crossing.send(R"({"a":"Anna Schmidt"})"), StartsWith("HTTP/1.1 200"));
    CHECK(body_of(crossing.last()) == R"({"a":"[PERSON]"})");
    CHECK_THAT(crossing.send(R"({"a":"Anna Schmidt in Kiel"})"), StartsWith("HTTP/1.1 403") && Contains("bordergate-code: no_permit"));
    CHECK_THAT(crossing.send("{}", "application/json", "/v1/Kiel"), StartsWith("HTTP/1.1 403") && Contains("bordergate-code: no_permit"));
    CHECK(crossing.upstream.accepted() == 1);
}

TEST_CASE("an analyser is not asked where everything may go in clear", "[analyser]") {
    Crossing crossing({}, R"(  - {id: out, permit: clear, data: [plain, opaque, personal], from: EEA, to: US}
  - {id: cards, permit: mask, data: financial, from: EEA, to: US, with: replace_with_info_type}
  - {id: keys, permit: mask, data: credential, from: EEA, to: US, with: redact}
  - {id: special, permit: clear, data: beliefs, from: EEA, to: US}
  - {id: back, permit: clear, data: [plain, opaque, personal, financial, credential, beliefs], from: US, to: EEA}
)");
    CHECK_THAT(crossing.send(R"({"a":"Anna Schmidt 4111 1111 1111 1111"})"), StartsWith("HTTP/1.1 200"));
    CHECK(body_of(crossing.last()) == R"({"a":"Anna Schmidt [CREDIT_CARD]"})");
    CHECK(crossing.analyser.connections() == 0);
}

TEST_CASE("answers are analysed too", "[analyser]") {
    Crossing crossing({}, R"(  - {id: out, permit: clear, data: [plain, opaque, personal, financial, credential, beliefs], from: EEA, to: US}
  - {id: plain, permit: clear, data: [plain, opaque], from: US, to: EEA}
  - {id: back, permit: mask, data: [personal, financial, credential, beliefs], from: US, to: EEA, with: replace_with_info_type}
)");
    crossing.answer = R"({"who":"Jürgen Groß","where":["Lübeck"],"mail":"a@example.org"})";
    const auto answer = crossing.send(R"({"a":"Anna Schmidt"})");
    CHECK_THAT(answer, StartsWith("HTTP/1.1 200"));
    CHECK(body_of(answer) == R"({"who":"[PERSON]","where":["[LOCATION]"],"mail":"[EMAIL_ADDRESS]"})");
    CHECK_THAT(crossing.last(), Contains("Anna Schmidt"));
    crossing.analyser.be(AnalyserMood::failing);
    const auto refused = crossing.send(R"({"a":1})");
    CHECK_THAT(refused, StartsWith("HTTP/1.1 503") && Contains("analyser_failed") && !Contains("Groß"));
}

TEST_CASE("a declared value is analysed as the one text that it is", "[analyser]") {
    const std::string rules = std::string(masking);
    Upstream upstream([](Connection& connection) {
        for (auto text = connection.message(); !text.empty(); text = connection.message())
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body_of(text).size()) + "\r\n\r\n" + body_of(text));
    });
    AnalyserPeer analyser;
    GateSettings settings;
    settings.destination_url = url(upstream.port());
    settings.rules = rules;
    settings.route_more = ", fields: [{path: \"$.patient\", data: personal}]";
    settings.more = "analysers: [{id: ner, url: \"" + url(analyser.port()) + "\"}]\n";
    Gate gate(settings);
    CHECK(body_of(ask(gate, "POST", R"({"patient":{"name":"Anna Schmidt","at":"Kiel"},"b":"Zoë"})")) == R"({"patient":"[PERSONAL]","b":"[PERSON]"})");
}

TEST_CASE("sessions and streams whose messages would have to be analysed are refused", "[analyser]") {
    Crossing crossing;
    Connection client(crossing.gate->port());
    client.send("GET /v1/ws HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    CHECK_THAT(client.message(), StartsWith("HTTP/1.1 403") && Contains("opaque_refused"));
    CHECK(crossing.upstream.accepted() == 0);
}

TEST_CASE("a message that goes on to another destination is not analysed again", "[analyser]") {
    std::string received;
    Upstream second([&](Connection& connection) {
        received = connection.message();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    AnalyserPeer analyser;
    GateSettings settings;
    settings.destination_url = url(free_port());
    settings.destination_more = "    retry: {attempts: 0}\n  - id: second\n    url: " + url(second.port()) + "\n    standing: {location: US, operator: US}\n    allow_private_address: true\n";
    settings.route_destinations = "far, second";
    settings.rules = masking;
    settings.more = "analysers: [{id: ner, url: \"" + url(analyser.port()) + "\"}]\n";
    Gate gate(settings);
    CHECK_THAT(ask(gate, "POST", R"({"a":"Anna Schmidt"})"), StartsWith("HTTP/1.1 200"));
    CHECK(body_of(received) == R"({"a":"[PERSON]"})");
    CHECK(analyser.asked().size() == 1);
}

TEST_CASE("an answer that cannot be read is not held for an analyser, and events are not passed unanalysed", "[analyser]") {
    Crossing crossing({}, R"(  - {id: out, permit: clear, data: [plain, opaque, personal, financial, credential, beliefs], from: EEA, to: US}
  - {id: plain, permit: clear, data: [plain, opaque], from: US, to: EEA}
  - {id: back, permit: mask, data: [personal, financial, credential, beliefs], from: US, to: EEA, with: replace_with_info_type}
)");
    crossing.type = "image/png";
    crossing.answer = std::string("\x89PNG Kiel\0\xff", 11);
    CHECK(body_of(crossing.send("{}")) == crossing.answer);
    crossing.type = "text/event-stream";
    crossing.answer = "data: {\"a\":\"Kiel\"}\n\n";
    const auto events = crossing.send("{}");
    CHECK_THAT(events, StartsWith("HTTP/1.1 403") && Contains("response_refused") && !Contains("Kiel"));
    CHECK(crossing.analyser.asked().empty());
}

TEST_CASE("the trailers of a body that is not read are analysed before they go on, both ways", "[analyser]") {
    std::string received;
    Upstream upstream([&](Connection& connection) {
        received = connection.head();
        received += connection.head();  // chunks and trailers end in a blank line too
        connection.send("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n\x89PNG\r\n0\r\nWarning: 199 - \"Kiel\"\r\n\r\n");
    });
    AnalyserPeer analyser;
    GateSettings settings;
    settings.destination_url = url(upstream.port());
    settings.rules = R"(  - {id: out, permit: clear, data: [plain, opaque], from: EEA, to: US}
  - {id: mask, permit: mask, data: personal, from: EEA, to: US, with: replace_with_info_type}
  - {id: plain, permit: clear, data: [plain, opaque], from: US, to: EEA}
  - {id: back, permit: mask, data: [personal, financial, credential, beliefs], from: US, to: EEA, with: replace_with_info_type}
)";
    settings.more = "analysers: [{id: ner, url: \"" + url(analyser.port()) + "\"}]\n";
    Gate gate(settings);
    Connection client(gate.port());
    client.send("POST /1 HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\nTE: trailers\r\nConnection: te, close\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n"
                "4\r\n\x89PNG\r\n0\r\nWarning: 199 - \"Anna Schmidt\"\r\n\r\n");
    const auto answer = client.all();
    CHECK_THAT(answer, StartsWith("HTTP/1.1 200") && Contains("199 - \"[LOCATION]\"\r\n\r\n") && !Contains("Kiel"));
    CHECK_THAT(received, Contains("199 - \"[PERSON]\"\r\n\r\n"));
    CHECK(soon([&] { return count(gate.records(), "\"kind\":\"outcome\"") == 1; }));
}

TEST_CASE("all that is asked about one message has a bound in time, however many requests that takes", "[analyser]") {
    Crossing crossing(", batch: 1", masking, "timeouts: {body: 400ms}\n");
    crossing.analyser.be(AnalyserMood::slow);
    CHECK_THAT(crossing.send(R"({"a":"Zoë"})"), StartsWith("HTTP/1.1 200"));
    std::string many = "[";
    for (const char* const letter : {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"}) many += "\"" + std::string(letter) + "\",";
    const auto answer = crossing.send(many + "\"Zoë\"]");
    CHECK_THAT(answer, StartsWith("HTTP/1.1 503") && Contains("bordergate-code: analyser_failed") && Contains("timeouts.body"));
    CHECK(crossing.upstream.accepted() == 1);
}

TEST_CASE("the texts of an answer that an analyser is asked of count as held", "[analyser]") {
    Crossing crossing({}, R"(  - {id: out, permit: clear, data: [plain, opaque, personal, financial, credential, beliefs], from: EEA, to: US}
  - {id: plain, permit: clear, data: [plain, opaque], from: US, to: EEA}
  - {id: back, permit: mask, data: [personal, financial, credential, beliefs], from: US, to: EEA, with: replace_with_info_type}
)", "limits: {held_total: 12KiB}\n");
    crossing.answer = "{\"a\":\"" + std::string(9000, 'x') + "\"}";
    crossing.analyser.be(AnalyserMood::silent);
    Connection first(crossing.gate->port());
    first.send(request("POST", "/v1/files", "{}"));
    REQUIRE(soon([&] { return !crossing.analyser.asked().empty(); }));
    CHECK_THAT(crossing.send("{}"), StartsWith("HTTP/1.1 503") && Contains("bordergate-code: overloaded"));
    CHECK_THAT(first.message(), StartsWith("HTTP/1.1 503") && Contains("analyser_failed"));
}
