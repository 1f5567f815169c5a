#include "proxy/http/h2_head.hpp"

#include <catch2/catch.hpp>

#include "tests/support/h2_frames.hpp"

using namespace bordergate;
using namespace bordergate::testing;

namespace {

H2Head head_of(const h2::Lines& lines) {
    H2Head head;
    for (const auto& [name, value] : lines)
        if (!head.add(name, value)) head.fields.add("unknown pseudo", "");  // no token: the gate refuses it
    return head;
}

/// `METHOD scheme authority path?query` or `refused: why`.
std::string gated(const h2::Lines& lines, bool ended = true, bool secure = false) {
    auto block = head_of(lines);
    RequestHead head;
    const auto framing = gate_h2_request(block, secure, ended, head);
    if (framing.has_error()) return "refused: " + framing.error().detail;
    return head.method + ' ' + head.scheme + ' ' + head.authority + ' ' + head.path + (head.has_query ? '?' + head.query : "") + (head.upgrade.empty() ? "" : " +" + head.upgrade);
}

bool refused(const h2::Lines& lines) { return gated(lines).starts_with("refused: "); }

h2::Lines with(std::string name, std::string value) { return h2::request("GET", "/", {{std::move(name), std::move(value)}}); }

}  // namespace

TEST_CASE("h2_head: requests in their canonical form") {
    CHECK(gated(h2::request("GET", "/a/../b?c=%41", {}, "Gate:80")) == "GET http gate /b?c=A");
    CHECK(gated({{":method", "GET"}, {":scheme", "https"}, {":path", "/"}, {"host", "gate"}}, true, true) == "GET https gate /");
    CHECK(gated({{":method", "OPTIONS"}, {":scheme", "http"}, {":path", "*"}, {":authority", "gate"}}) == "OPTIONS http gate *");
    CHECK(gated({{":method", "CONNECT"}, {":authority", "far.example:443"}}) == "CONNECT http far.example:443 ");
    CHECK(gated({{":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "https"}, {":path", "/chat"}, {":authority", "gate"}}) == "GET https gate /chat +websocket");
    CHECK(gated(h2::request("GET", "/", {{"host", "GATE"}})) == "GET http gate /");
}

TEST_CASE("h2_head: a forward proxy goes where the scheme says, not where the connection came in") {
    CHECK(gated({{":method", "GET"}, {":scheme", "https"}, {":authority", "a"}, {":path", "/"}}, true, false) == "GET https a /");
    CHECK(gated({{":method", "GET"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/"}}, true, true) == "GET http a /");
    CHECK(refused({{":method", "GET"}, {":scheme", "ftp"}, {":authority", "a"}, {":path", "/"}}));
    CHECK(refused({{":method", "GET"}, {":scheme", "https://b/?"}, {":authority", "a"}, {":path", "/"}}));
}

TEST_CASE("h2_head: what another recipient could read differently is refused") {
    const std::vector<std::pair<const char*, h2::Lines>> cases{
        {"CRLF in a value", with("x", "a\r\nb: c")},
        {"LF in a value", with("x", "a\nb")},
        {"CR in a value", with("x", "a\rb")},
        {"NUL in a value", with("x", std::string("a\0b", 3))},
        {"DEL in a value", with("x", "a\x7f")},
        {"upper-case name", with("X-A", "b")},
        {"colon in a name", with("x:y", "b")},
        {"space in a name", with("x y", "b")},
        {"space after a name", with("transfer-encoding ", "chunked")},
        {"CRLF in a name", with("x\r\ny", "b")},
        {"empty name", with("", "b")},
        {"connection", with("connection", "close")},
        {"keep-alive", with("keep-alive", "5")},
        {"proxy-connection", with("proxy-connection", "close")},
        {"transfer-encoding", with("transfer-encoding", "chunked")},
        {"upgrade", with("upgrade", "h2c")},
        {"te that is not trailers", with("te", "gzip")},
        {"te with trailers and more", with("te", "trailers, deflate")},
        {"unknown pseudo field", with(":x", "y")},
        {"path twice", with(":path", "/b")},
        {"method twice", with(":method", "POST")},
        {"authority twice", with(":authority", "b")},
        {"scheme twice", with(":scheme", "https")},
        {"host twice", h2::request("GET", "/", {{"host", "gate"}, {"host", "gate"}})},
        {"host that contradicts :authority", with("host", "other")},
        {"neither authority nor host", {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}}},
        {"authority with user", h2::request("GET", "/", {}, "user@gate")},
        {"authority with a path", h2::request("GET", "/", {}, "gate/x")},
        {"authority with a space", h2::request("GET", "/", {}, "gate x")},
        {"authority with CRLF", h2::request("GET", "/", {}, "gate\r\nx: y")},
        {"authority with a list", h2::request("GET", "/", {}, "gate, b")},
        {"path is a URL", h2::request("GET", "http://other/")},
        {"path without a slash", h2::request("GET", "x")},
        {"empty path", h2::request("GET", "")},
        {"path with a space", h2::request("GET", "/ HTTP/1.1")},
        {"path with CRLF", h2::request("GET", "/ HTTP/1.1\r\nHost: b\r\n\r\n")},
        {"path with a tab", h2::request("GET", "/\tx")},
        {"path with NUL", h2::request("GET", std::string("/\0x", 3))},
        {"path with a fragment", h2::request("GET", "/#x")},
        {"path that leaves its root", h2::request("GET", "/../x")},
        {"path with an escaped slash", h2::request("GET", "/a%2fb")},
        {"path with bytes beyond ASCII", h2::request("GET", "/\xc3\xa4")},
        {"star without OPTIONS", h2::request("GET", "*")},
        {"method with a space", h2::request("GET /x HTTP/1.1", "/")},
        {"method with CRLF", h2::request("GET\r\nx", "/")},
        {"empty method", h2::request("", "/")},
        {"method with a colon", h2::request("GET:", "/")},
        {"content-length twice", h2::request("POST", "/", {{"content-length", "3"}, {"content-length", "3"}})},
        {"content-length list", with("content-length", "3, 3")},
        {"content-length with a sign", with("content-length", "+3")},
        {"negative content-length", with("content-length", "-3")},
        {"content-length with a space", with("content-length", "3 ")},
        {"hexadecimal content-length", with("content-length", "0x3")},
        {"empty content-length", with("content-length", "")},
        {"content-length beyond 64 bits", with("content-length", "18446744073709551619")},
        {"expect that is not 100-continue", with("expect", "200-ok")},
        {":protocol without CONNECT", h2::request("GET", "/", {{":protocol", "websocket"}})},
        {":protocol that nobody knows", {{":method", "CONNECT"}, {":protocol", "connect-udp"}, {":scheme", "https"}, {":path", "/"}, {":authority", "gate"}}},
        {"CONNECT without a port", {{":method", "CONNECT"}, {":authority", "gate"}}},
        {"CONNECT with another host", {{":method", "CONNECT"}, {":authority", "gate:1"}, {"host", "other:1"}}},
    };
    for (const auto& [name, lines] : cases) {
        INFO(name);
        CHECK(refused(lines));
    }
}

TEST_CASE("h2_head: lengths, cookies, trailers and expectations") {
    auto block = head_of(h2::request("POST", "/", {{"cookie", "a=1"}, {"x", "y"}, {"cookie", "b=2"}, {"te", "trailers"}, {"expect", "100-continue"}, {"content-length", "5"}}));
    RequestHead head;
    const auto framing = gate_h2_request(block, false, false, head);
    REQUIRE(framing.has_value());
    CHECK(framing->expects_continue);
    CHECK(framing->length.kind == BodyLength::Kind::exact);
    CHECK(framing->length.bytes == 5);
    CHECK(head.takes_trailers);
    CHECK(head.fields.count("cookie") == 1);
    CHECK(*head.fields.get("cookie") == "a=1; b=2");

    block = head_of(h2::request("POST", "/"));
    CHECK(gate_h2_request(block, false, false, head)->length.kind == BodyLength::Kind::streamed);
    block = head_of(h2::request("POST", "/"));
    CHECK(gate_h2_request(block, false, true, head)->length.kind == BodyLength::Kind::none);
    block = head_of(h2::request("POST", "/", {{"content-length", "0"}}));
    CHECK(gate_h2_request(block, false, false, head)->length.kind == BodyLength::Kind::streamed);
}

TEST_CASE("h2_head: an upstream's answer is gated too") {
    const auto refused_answer = [](const h2::Lines& lines) {
        auto block = head_of(lines);
        ResponseHead head;
        const auto length = gate_h2_response(block, false, head);
        return length.has_error() && length.error().code == Code::upstream_invalid;
    };
    CHECK_FALSE(refused_answer({{":status", "200"}, {"x", "y"}}));
    for (const auto& lines : std::vector<h2::Lines>{{{"x", "y"}}, {{":status", "101"}}, {{":status", "600"}}, {{":status", "20"}}, {{":status", "2000"}}, {{":status", "200"}, {":status", "200"}},
                                                    {{":status", "200"}, {"connection", "close"}}, {{":status", "200"}, {"transfer-encoding", "chunked"}},
                                                    {{":status", "200"}, {"x", "a\r\nset-cookie: b"}}, {{":status", "200"}, {"X", "y"}}, {{":status", "200"}, {"content-length", "1, 1"}},
                                                    {{":status", "200"}, {"content-length", "1"}, {"content-length", "2"}}})
        CHECK(refused_answer(lines));
}
