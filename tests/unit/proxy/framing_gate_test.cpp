// Request smuggling and desync cases, one named row each (RFC 9112; the traps Beast 1.81 lets through).
#include "proxy/http/framing_gate.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace bordergate;

namespace {

struct Case {
    const char* name;
    std::string head;
    const char* reason;  ///< part of the fault's detail; null: accepted
};

Result<Framing> gate_request(const std::string& bytes) {
    RequestHead head;
    std::string target;
    return bordergate::gate_request(bytes, head, target);
}

Result<Framing> gate_response(const std::string& bytes) {
    ResponseHead head;
    return bordergate::gate_response(bytes, head);
}

std::string get(const std::string& fields) { return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n"; }

}  // namespace

TEST_CASE("the gate reads requests in one way or not at all") {
    const std::vector<Case> cases{
        {"plain", get(""), nullptr},
        {"chunked", get("Transfer-Encoding: chunked\r\n"), nullptr},
        {"chunked in another case", get("transfer-encoding: CHUNKED\r\n"), nullptr},
        {"length", get("Content-Length: 3\r\n"), nullptr},
        {"tab in a value", get("X: a\tb\r\n"), nullptr},
        {"obs-text in a value", get("X: \xc3\xa4\r\n"), nullptr},
        {"chunked on HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.0"},
        {"xchunked", get("Transfer-Encoding: xchunked\r\n"), "exactly chunked"},
        {"chunked, identity", get("Transfer-Encoding: chunked, identity\r\n"), "exactly chunked"},
        {"identity", get("Transfer-Encoding: identity\r\n"), "exactly chunked"},
        {"chunked twice", get("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), "twice"},
        {"TE hidden by a vertical tab", get("Transfer-Encoding: \x0b" "chunked\r\n"), "control character"},
        {"both lengths", get("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), "both"},
        {"differing lengths", get("Content-Length: 3\r\nContent-Length: 4\r\n"), "twice"},
        {"equal lengths twice", get("Content-Length: 3\r\nContent-Length: 3\r\n"), "twice"},
        {"listed lengths", get("Content-Length: 3, 3\r\n"), "not one number"},
        {"signed length", get("Content-Length: +3\r\n"), "not one number"},
        {"hex length", get("Content-Length: 0x3\r\n"), "not one number"},
        {"empty length", get("Content-Length:\r\n"), "not one number"},
        {"length beyond any", get("Content-Length: 99999999999999999999\r\n"), "not one number"},
        {"no Host", "GET / HTTP/1.1\r\n\r\n", "Host is missing"},
        {"two Hosts", get("Host: b\r\n"), "Host is given twice"},
        {"folded field", get("X: a\r\n b\r\n"), "folded"},
        {"bare LF", "GET / HTTP/1.1\nHost: a\n\n", "bare LF"},
        {"bare CR in a value", get("X: a\rb\r\n"), "bare CR"},
        {"NUL in a value", get(std::string("X: a\0b\r\n", 8)), "control character"},
        {"DEL in a value", get("X: a\x7f\r\n"), "control character"},
        {"space before the colon", get("Content-Length : 3\r\n"), "may not"},
        {"no colon", get("Content-Length\r\n"), "no colon"},
        {"empty name", get(": a\r\n"), "may not"},
        {"NUL in a name", get(std::string("X\0: a\r\n", 7)), "may not"},
        {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", "version"},
        {"HTTP/1.10", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", "version"},
        {"no version", "GET /\r\nHost: a\r\n\r\n", "METHOD TARGET VERSION"},
        {"two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "must be encoded"},
        {"space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "must be encoded"},
        {"UTF-8 in the target", "GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n", "must be encoded"},
        {"method no token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", "method"},
        {"Connection drops framing", get("Connection: content-length\r\n"), "may not be dropped"},
        {"Connection no list of tokens", get("Connection: close;q=1\r\n"), "list of tokens"},
        {"Connection without commas", get("Connection: close keep-alive\r\n"), "list of tokens"},
        {"Connection with empty elements", get("Connection: , close,,keep-alive ,\r\n"), nullptr},
        {"Proxy-Connection no list of tokens", get("Proxy-Connection: \"x\"\r\n"), "list of tokens"},
        {"strange Expect", get("Expect: 200-maybe\r\n"), "Expect"},
    };
    for (const auto& one : cases) {
        INFO(one.name);
        const auto framing = gate_request(one.head);
        CHECK(framing.has_value() == (one.reason == nullptr));
        if (one.reason && framing.has_error()) {
            CHECK(framing.error().code == Code::framing_invalid);
            CHECK_THAT(framing.error().detail, Catch::Contains(one.reason));
        }
    }
}

TEST_CASE("the gate reads responses with the same care") {
    const auto refused = [](const std::string& head) { return gate_response(head).has_error(); };
    CHECK_FALSE(refused("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"));
    CHECK_FALSE(refused("HTTP/1.1 200 \r\n\r\n"));
    CHECK(refused("HTTP/1.1 200\r\n\r\n"));
    CHECK(refused("HTTP/1.1 200 a\x7f\r\n\r\n"));
    CHECK_FALSE(refused("HTTP/1.0 200 OK\r\n\r\n"));
    CHECK(refused("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n"));
    CHECK(refused("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"));
    CHECK(refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"));
    CHECK(refused("HTTP/1.1 2000 OK\r\n\r\n"));
    CHECK(refused("HTTP/1.1 099 OK\r\n\r\n"));
    CHECK(refused("HTTP/1.1 20x OK\r\n\r\n"));
    CHECK(refused("HTTP/3 200 OK\r\n\r\n"));
    CHECK(refused("ICY 200 OK\r\n\r\n"));
}

TEST_CASE("a head ends at its blank line, wherever reads split it") {
    const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    for (std::size_t split = 0; split < head.size(); ++split) {
        CHECK(head_end(std::string_view(head).substr(0, split), split ? split - 1 : 0) == std::string_view::npos);
        CHECK(head_end(head, split) == head.size());
    }
    CHECK(head_end("GET / HTTP/1.1\n\nrest", 0) == 16);
}

TEST_CASE("the gate tells what a connection will do next") {
    CHECK(gate_request(get("Connection: keep-alive, Close\r\n"))->close);
    CHECK_FALSE(gate_request(get(""))->close);
    CHECK(gate_request("GET / HTTP/1.0\r\nHost: a\r\n\r\n")->close);
    CHECK(gate_request(get("Expect: 100-continue\r\n"))->expects_continue);
}

TEST_CASE("a control character is seen wherever it stands in a value") {
    for (unsigned byte = 0; byte < 256; ++byte) {
        for (std::size_t place = 0; place < 19; ++place) {
            std::string value(20, 'a');
            value[place] = static_cast<char>(byte);
            value.front() = 'a';
            const bool lawful = place == 0 || byte == '\t' || (byte >= 0x20 && byte != 0x7f);
            if (byte == '\n') continue;  // ends the line: what follows is another field
            const auto response = gate_response("HTTP/1.1 200 OK\r\nx: " + value + "\r\n\r\n");
            CHECK(response.has_value() == lawful);
            if (!lawful && byte == '\r') CHECK(response.error().detail == "a line holds a bare CR");
        }
    }
}

TEST_CASE("what the gate has checked is what it hands on") {
    RequestHead head;
    std::string target = "old";
    head.fields.add("old", "old");
    REQUIRE(bordergate::gate_request("PUT /a?b HTTP/1.1\r\nHost:a\r\nX-One: \t a b\tc \t\r\nEmpty:  \r\nx-one:2\r\n\r\n", head, target).has_value());
    CHECK(head.method == "PUT");
    CHECK(target == "/a?b");
    REQUIRE(head.fields.size() == 4);
    CHECK(head.fields.get("host") == "a");
    CHECK(head.fields[1].name == "X-One");
    CHECK(head.fields[1].value == "a b\tc");
    CHECK(head.fields[2].value.empty());
    CHECK(head.fields[3].value == "2");
    head.fields.set("host", "longer than it was before, so that the text must grow");
    CHECK(head.fields.get("x-one") == "a b\tc");

    ResponseHead answer;
    REQUIRE(bordergate::gate_response("HTTP/1.1 404 Not  Found \r\nA: b\r\n\r\n", answer).has_value());
    CHECK(answer.status == 404);
    CHECK(answer.reason.empty());  // the upstream's words go no further
    CHECK(answer.fields.get("a") == "b");
}

TEST_CASE("a head that is cut anywhere, or goes on, is refused") {
    const std::string whole = get("Connection: close\r\nX: y\r\n");
    CHECK(gate_request(whole).has_value());
    for (std::size_t size = 0; size < whole.size(); ++size) CHECK(gate_request(whole.substr(0, size)).has_error());
    CHECK(gate_request(whole + "GET").has_error());
}
