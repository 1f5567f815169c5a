// Bodies of other formats than JSON, and coded ones: what reaches the upstream is masked, in the form in which it came.
#include <catch2/catch.hpp>

#include "tests/support/gate.hpp"
#include "tests/support/peers.hpp"

using namespace bordergate::testing;
using Catch::Contains;
using Catch::StartsWith;

namespace {

constexpr const char* masking = R"(  - {id: plain, permit: clear, data: plain, from: EEA, to: US}
  - {id: mask, permit: mask, data: personal, from: EEA, to: US, with: replace_with_info_type}
  - {id: back, permit: clear, data: [plain, opaque, personal, financial, credential], from: US, to: EEA}
)";

/// What an upstream receives of `body`, and what the client is answered.
struct Sent {
    Sent(const std::string& type, const std::string& body, const std::string& more = {}, const std::string& reply = "Content-Length: 2\r\n\r\nok", const char* rules = masking) {
        Upstream upstream([&](Connection& connection) {
            for (auto text = connection.message(); !text.empty(); text = connection.message()) {
                received = text;
                connection.send("HTTP/1.1 200 OK\r\n" + reply);
            }
        });
        GateSettings settings;
        settings.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
        settings.rules = rules;
        Gate gate(settings);
        Connection client(gate.port());
        client.send("POST /v1/files HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\nContent-Type: " + type + "\r\n" + more + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
        answer = client.message();
    }
    std::string received, answer;
};

std::string through(const std::string& program, const std::string& in) {
    Folder folder;
    folder.write("in", in);
    return run_program({"sh", "-c", program + " < " + folder.path("in")}).out;
}

}  // namespace

TEST_CASE("lines of JSON, forms and tables are masked as they are") {
    const Sent lines("application/x-ndjson", "{\"to\":\"anna@example.org\"}\n{\"n\":1}\n");
    CHECK_THAT(lines.answer, StartsWith("HTTP/1.1 200"));
    CHECK(body_of(lines.received).find("{\"to\":\"[EMAIL_ADDRESS]\"}\n{\"n\":1}\n") != std::string::npos);
    const Sent form("application/x-www-form-urlencoded", "to=anna%40example.org&n=1");
    CHECK(body_of(form.received).find("to=%5BEMAIL_ADDRESS%5D&n=1") != std::string::npos);
    const Sent table("text/csv", "id,mail\r\n1,anna@example.org\r\n");
    CHECK(body_of(table.received).find("id,mail\r\n1,[EMAIL_ADDRESS]\r\n") != std::string::npos);
    const std::string parts = "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nassistants\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"anna@example.org.jsonl\"\r\n"
                              "Content-Type: application/jsonl\r\n\r\n{\"to\":\"anna@example.org\"}\n\r\n--b--\r\n";
    const Sent upload("multipart/form-data; boundary=b", parts);
    CHECK_THAT(upload.answer, StartsWith("HTTP/1.1 200"));
    CHECK_THAT(body_of(upload.received), Contains("assistants") && Contains("filename=\"[EMAIL_ADDRESS]\"") && Contains("{\"to\":\"[EMAIL_ADDRESS]\"}\n") && !Contains("anna"));
    const Sent broken("text/csv", "id,mail\r\n1,\"anna@example.org\"x\r\n");
    CHECK_THAT(broken.answer, StartsWith("HTTP/1.1 400") && Contains("body_invalid"));
    CHECK_THAT(broken.received, !Contains("anna"));
}

TEST_CASE("a coded body is masked and stays coded") {
    const std::string text = "{\"note\":\"mail anna@example.org\"}";
    const Sent coded("application/json", through("gzip -c", text), "Content-Encoding: gzip\r\n");
    CHECK_THAT(coded.answer, StartsWith("HTTP/1.1 200"));
    CHECK_THAT(coded.received, Contains("ontent-"));
    const auto body = body_of(coded.received);
    CHECK(through("gzip -dc", body) == "{\"note\":\"mail [EMAIL_ADDRESS]\"}");
    const Sent damaged("application/json", "no gzip at all", "Content-Encoding: gzip\r\n");
    CHECK_THAT(damaged.answer, StartsWith("HTTP/1.1 400"));
    const Sent unknown("application/json", text, "Content-Encoding: compress\r\n");
    CHECK_THAT(unknown.answer, StartsWith("HTTP/1.1 403"));
    CHECK(unknown.received.empty());
}

TEST_CASE("a table in windows-1252 and a text in UTF-16 are masked and leave in their charsets") {
    const Sent table("text/csv; charset=windows-1252", "stra\xdf" "e;mail\r\nM\xfcllerweg \x80;anna@example.org\r\n");
    CHECK_THAT(table.answer, StartsWith("HTTP/1.1 200"));
    CHECK(body_of(table.received) == "stra\xdf" "e;mail\r\nM\xfcllerweg \x80;[EMAIL_ADDRESS]\r\n");
    CHECK_THAT(table.received, Contains("text/csv; charset=windows-1252"));

    const auto utf16 = [](const std::string& ascii) {
        std::string wide;
        for (const char c : ascii) wide += {c, '\0'};
        return wide;
    };
    const std::string smile("\x3d\xd8\x00\xde", 4);
    const Sent text("text/plain; charset=\"UTF-16\"", "\xff\xfe" + utf16("mail anna@example.org ") + smile);
    CHECK_THAT(text.answer, StartsWith("HTTP/1.1 200"));
    CHECK(body_of(text.received) == "\xff\xfe" + utf16("mail [EMAIL_ADDRESS] ") + smile);
}

TEST_CASE("what is not in the charset that it declares, or in none that is known, does not leave") {
    for (const auto* type : {"text/plain", "text/plain; charset=klingon", "text/plain; charset=us-ascii; charset=utf-16le", "text/plain; charset=utf-16be; x"}) {
        INFO(type);
        const Sent refused(type, std::string("a\0@\0b\0.\0d\0e\0", 12));
        CHECK_THAT(refused.answer, StartsWith("HTTP/1.1 400") && Contains("body_invalid"));
        CHECK(body_of(refused.received).empty());
    }
    // What stands for the value is more than Latin-1 can say.
    const char* named = R"(  - {id: plain, permit: clear, data: plain, from: EEA, to: US}
  - {id: mask, permit: mask, data: personal, from: EEA, to: US, with: {replace: 名}}
  - {id: back, permit: clear, data: [plain, opaque, personal, financial, credential], from: US, to: EEA}
)";
    const std::string ok = "Content-Length: 2\r\n\r\nok";
    CHECK_THAT(Sent("text/plain; charset=utf-8", "mail anna@example.org", {}, ok, named).answer, StartsWith("HTTP/1.1 200"));
    CHECK_THAT(Sent("text/plain; charset=latin1", "mail anna@example.org", {}, ok, named).answer, StartsWith("HTTP/1.1 403") && Contains("place_cannot_carry"));
}

TEST_CASE("an answer is read in its charset, and one whose charset is not known is the upstream's fault") {
    const char* both = R"(  - {id: plain, permit: clear, data: plain, from: [EEA, US], to: [EEA, US]}
  - {id: mask, permit: mask, data: personal, from: [EEA, US], to: [EEA, US], with: replace_with_info_type}
)";
    const Sent known("text/plain", "hello", {}, "Content-Type: text/plain; charset=iso-8859-15\r\nContent-Length: 21\r\n\r\n\xe4 \xa4 anna@example.org ", both);
    CHECK_THAT(known.answer, StartsWith("HTTP/1.1 200"));
    CHECK(body_of(known.answer) == "\xe4 \xa4 [EMAIL_ADDRESS] ");
    const Sent unknown("text/plain", "hello", {}, "Content-Type: text/plain; charset=klingon\r\nContent-Length: 16\r\n\r\nanna@example.org", both);
    CHECK_THAT(unknown.answer, StartsWith("HTTP/1.1 502") && Contains("upstream_invalid") && !Contains("anna"));
}

TEST_CASE("a SOAP request is masked, and its answer restored") {
    const std::string envelope = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body>";
    const std::string end = "</s:Body></s:Envelope>\r\n";
    std::string received;
    Upstream upstream([&](Connection& connection) {
        for (auto text = connection.message(); !text.empty(); text = connection.message()) {
            received = text;
            // It answers with what it was told of the patient and of the sender, as XML has it.
            const auto between = [&](const std::string& from, const std::string& to) {
                const auto at = text.find(from);
                return at == std::string::npos ? std::string() : text.substr(at + from.size(), text.find(to, at + from.size()) - at - from.size());
            };
            const std::string body = envelope + "<stored by=\"" + between("by='", "'") + "\"><![CDATA[" + between("<name>", "</name>") + "]]> &lt;" + between("<to>", "</to>") + "&gt;</stored>" + end;
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml; charset=utf-8\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
        }
    });
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
    settings.keys = true;
    settings.rules = R"(  - {id: plain, permit: clear, data: plain, from: EEA, to: US}
  - {id: mask, permit: mask, data: personal, from: EEA, to: US, with: pseudonym}
  - {id: back, permit: clear, data: [plain, personal, financial, credential], from: US, to: EEA}
)";
    settings.route_more = ", fields: [{path: \"/Envelope/Body/*/name\", data: contact}]";
    Gate gate(settings);
    Connection client(gate.port());
    const auto ask = [&](const std::string& body) {
        received.clear();
        client.send(request("POST", "/v1/files", body, "application/soap+xml; charset=utf-8"));
        return client.message();
    };
    const auto answer = ask(envelope + "<put by='ben&#64;example.org'><name>Anna &amp; Ben</name><to>an<!-- x -->na@example.org</to></put>" + end);
    CHECK_THAT(answer, StartsWith("HTTP/1.1 200"));
    CHECK_THAT(received, !Contains("Anna") && !Contains("example.org") && !Contains("an<!--") && Contains("<!-- x -->") && Contains("EMAIL_ADDRESS_") && Contains("CONTACT_") && Contains(envelope));
    CHECK(answer.find(envelope + "<stored by=\"ben@example.org\"><![CDATA[Anna & Ben]]> &lt;anna@example.org<!-- x -->&gt;</stored>" + end) != std::string::npos);
    const auto bomb = ask("<!DOCTYPE a [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><a>&a;</a>");
    CHECK_THAT(bomb, StartsWith("HTTP/1.1 400") && Contains("body_invalid") && Contains("document type declaration"));
    CHECK(received.empty());
    CHECK(gate.recorded("/Envelope/Body/put/to"));
    CHECK_THAT(gate.records(), !Contains("anna") && !Contains("Anna"));
}
