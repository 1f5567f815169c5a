// Requests and answers that two implementations could read in two ways, and what may come of each (RFC 9112, 11;
// RFC 9113, 8.2 and 10.3). `@` stands for the path of the case, so that what reaches the upstream can be told apart.
#pragma once

#include <string>
#include <vector>

#include "tests/support/h2_frames.hpp"

namespace bordergate::testing {

struct SmugglingCase {
    std::string name;
    std::string bytes;     ///< what the client sends
    int requests = 0;      ///< that the upstream may see: nothing, or exactly one
    std::string body = {}; ///< of that one
};

inline std::string h1(const std::string& lines, const std::string& body, const std::string& first = "POST /@ HTTP/1.1") {
    return first + "\r\nHost: gate\r\nAuthorization: Bearer secret\r\n" + lines + "\r\n" + body;
}

inline const std::string smuggled = "GET /@-smuggled HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\n\r\n";

inline std::vector<SmugglingCase> h1_cases() {
    const std::string chunked = "Transfer-Encoding: chunked\r\n", end = "0\r\n\r\n";
    const auto post = [](const std::string& lines, const std::string& body) { return h1(lines, body); };
    const auto chunk = [&](const std::string& size, const std::string& rest) { return post("Transfer-Encoding: chunked\r\n", size + "\r\n" + rest); };
    return {
        {"a plain post", post("Content-Length: 3\r\n", "abc"), 1, "abc"},
        {"a chunked post", post(chunked, "3\r\nabc\r\n" + end), 1, "abc"},
        {"chunk extension", post(chunked, "3;a=b\r\nabc\r\n" + end), 1, "abc"},
        {"chunk size with zeros", post(chunked, "003\r\nabc\r\n" + end), 1, "abc"},
        {"CL.TE", post("Content-Length: 6\r\n" + chunked, end + "G"), 0},
        {"TE.CL", post(chunked + "Content-Length: 4\r\n", "5c\r\n" + smuggled + end), 0},
        {"TE.TE twice", post(chunked + chunked, end + smuggled), 0},
        {"TE: identity after chunked", post(chunked + "Transfer-Encoding: identity\r\n", end + smuggled), 0},
        {"TE: xchunked", post("Transfer-Encoding: xchunked\r\n", end + smuggled), 0},
        {"TE: chunked, identity", post("Transfer-Encoding: chunked, identity\r\n", end + smuggled), 0},
        {"TE: identity, chunked", post("Transfer-Encoding: identity, chunked\r\n", end + smuggled), 0},
        {"TE: gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n", end + smuggled), 0},
        {"TE with a space before the colon", post("Transfer-Encoding : chunked\r\nContent-Length: 5\r\n", end), 0},
        {"TE with a vertical tab", post("Transfer-Encoding: \x0b" "chunked\r\n", end + smuggled), 0},
        {"TE in quotes", post("Transfer-Encoding: \"chunked\"\r\n", end + smuggled), 0},
        {"TE folded", post("Transfer-Encoding:\r\n chunked\r\n", end + smuggled), 0},
        {"TE behind a bare LF", post("X: y\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n", end), 0},
        {"TE behind a bare CR", post("X: y\rTransfer-Encoding: chunked\r\nContent-Length: 5\r\n", end), 0},
        {"TE with a NUL", post(std::string("Transfer-Encoding: chunked\0\r\n", 29), end + smuggled), 0},
        {"TE on HTTP/1.0", h1(chunked, end, "POST /@ HTTP/1.0"), 0},
        {"CL twice, same", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 0},
        {"CL twice, different", post("Content-Length: 3\r\nContent-Length: 0\r\n", "abc"), 0},
        {"CL list", post("Content-Length: 3, 3\r\n", "abc"), 0},
        {"CL with plus", post("Content-Length: +3\r\n", "abc"), 0},
        {"CL negative", post("Content-Length: -3\r\n", "abc"), 0},
        {"CL with a space inside", post("Content-Length: 3 0\r\n", "abc"), 0},
        {"CL hexadecimal", post("Content-Length: 0x3\r\n", "abc"), 0},
        {"CL empty", post("Content-Length: \r\n", "abc"), 0},
        {"CL beyond 64 bits", post("Content-Length: 18446744073709551619\r\n", "abc"), 0},
        {"CL with a letter", post("Content-Length: 3a\r\n", "abc"), 0},
        {"CL folded", post("Content-Length:\r\n 3\r\n", "abc"), 0},
        {"Connection names Content-Length", post("Connection: content-length\r\nContent-Length: 3\r\n", "abc"), 0},
        {"Connection names Transfer-Encoding", post("Connection: transfer-encoding\r\n" + chunked, end), 0},
        {"chunk size 0x3", chunk("0x3", "abc\r\n" + end), 0},
        {"chunk size with plus", chunk("+3", "abc\r\n" + end), 0},
        {"chunk size negative", chunk("-1", "abc\r\n" + end), 0},
        {"chunk size beyond 64 bits", chunk("10000000000000003", "abc\r\n" + end), 0},
        {"chunk size empty", chunk("", "abc\r\n" + end), 0},
        {"chunk size with a bare LF", post(chunked, "3\nabc\r\n" + end), 0},
        {"chunk extension with a bare LF", post(chunked, "3;a\nbc\r\nabc\r\n" + end), 0},
        {"chunk without its CRLF", post(chunked, "3\r\nabcd0\r\n\r\n"), 0},
        {"bare LF ends the head", "GET /@ HTTP/1.1\nHost: gate\nAuthorization: Bearer secret\n\n", 0},
        {"bare CR in the head", post("X: a\rb\r\nContent-Length: 0\r\n", ""), 0},
        {"obs-fold", post("X: a\r\n b\r\nContent-Length: 0\r\n", ""), 0},
        {"first field folded", "GET /@ HTTP/1.1\r\n Host: gate\r\n\r\n", 0},
        {"NUL in a value", post(std::string("X: a\0b\r\nContent-Length: 0\r\n", 27), ""), 0},
        {"NUL in a name", post(std::string("X\0Y: a\r\nContent-Length: 0\r\n", 27), ""), 0},
        {"name with a space", post("X Y: a\r\nContent-Length: 0\r\n", ""), 0},
        {"field without a colon", post("X\r\nContent-Length: 0\r\n", ""), 0},
        {"several Hosts", post("Host: other\r\nContent-Length: 0\r\n", ""), 0},
        {"no Host", "GET /@ HTTP/1.1\r\nAuthorization: Bearer secret\r\n\r\n", 0},
        {"Host with a path", "GET /@ HTTP/1.1\r\nHost: gate/x\r\nAuthorization: Bearer secret\r\n\r\n", 0},
        {"Host with a user", "GET /@ HTTP/1.1\r\nHost: gate@other\r\nAuthorization: Bearer secret\r\n\r\n", 0},
        {"absolute form against Host", h1("", "", "GET http://other/@ HTTP/1.1"), 0},
        {"absolute form with Host", h1("", "", "GET http://gate/@ HTTP/1.1"), 1},
        {"target with a space", h1("", "", "GET /@ x HTTP/1.1"), 0},
        {"target with a tab", h1("", "", "GET /@\tx HTTP/1.1"), 0},
        {"target beyond the root", h1("", "", "GET /../@ HTTP/1.1"), 0},
        {"method with a colon", h1("", "", "GET: /@ HTTP/1.1"), 0},
        {"version HTTP/1.2", h1("", "", "GET /@ HTTP/1.2"), 0},
        {"version HTTP/0.9", "GET /@\r\n", 0},
        {"version in lower case", h1("", "", "GET /@ http/1.1"), 0},
        {"upgrade to h2c", h1("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n", "", "GET /@ HTTP/1.1"), 1},
    };
}

inline std::vector<SmugglingCase> h2_cases() {
    using namespace h2;
    const auto send = [](const Lines& lines, const std::string& body, bool ended = false) {
        const auto flags = static_cast<std::uint8_t>(end_headers | (ended ? end_stream : 0));
        return hello() + frame(headers, flags, 1, block(lines)) + (ended ? "" : frame(data, end_stream, 1, body));
    };
    const auto with = [&](Lines more, const std::string& body = "abc") {
        more.emplace_back("authorization", "Bearer secret");
        return send(request("POST", "/@", std::move(more)), body);
    };
    const auto get = [&](std::string method, std::string path, std::string authority = "gate") {
        return send(request(std::move(method), std::move(path), {{"authorization", "Bearer secret"}}, std::move(authority)), "", true);
    };
    const Lines bare{{":method", "GET"}, {":scheme", "http"}, {":authority", "gate"}};
    const auto plus = [&](Lines more) {
        Lines lines = bare;
        lines.insert(lines.end(), more.begin(), more.end());
        lines.emplace_back("authorization", "Bearer secret");
        return send(lines, "", true);
    };
    return {
        {"h2: a plain post", with({}), 1, "abc"},
        {"h2: content-length that holds", with({{"content-length", "3"}}), 1, "abc"},
        {"h2: content-length too small", with({{"content-length", "0"}}, smuggled), 0},
        {"h2: content-length too large", with({{"content-length", "30"}}), 0},
        {"h2: content-length list", with({{"content-length", "3, 3"}}), 0},
        {"h2: content-length twice", with({{"content-length", "3"}, {"content-length", "3"}}), 0},
        {"h2: content-length with plus", with({{"content-length", "+3"}}), 0},
        {"h2: transfer-encoding", with({{"transfer-encoding", "chunked"}}, "0\r\n\r\n" + smuggled), 0},
        {"h2: Transfer-Encoding in upper case", with({{"Transfer-Encoding", "chunked"}}, "0\r\n\r\n" + smuggled), 0},
        {"h2: connection", with({{"connection", "close"}}), 0},
        {"h2: te: gzip", with({{"te", "gzip"}}), 0},
        {"h2: CRLF in a value", with({{"x", "a\r\nTransfer-Encoding: chunked"}}, "0\r\n\r\n" + smuggled), 0},
        {"h2: LF in a value", with({{"x", "a\nTransfer-Encoding: chunked"}}, "0\r\n\r\n" + smuggled), 0},
        {"h2: request in a value", with({{"x", "a\r\n\r\n" + smuggled}}), 0},
        {"h2: NUL in a value", with({{"x", std::string("a\0b", 3)}}), 0},
        {"h2: name with a colon", with({{"transfer-encoding: chunked\r\nx", "y"}}), 0},
        {"h2: name with a space", with({{"transfer-encoding ", "chunked"}}), 0},
        {"h2: name in upper case", with({{"X-A", "b"}}), 0},
        {"h2: empty name", with({{"", "b"}}), 0},
        {"h2: host against :authority", with({{"host", "other"}}), 0},
        {"h2: host twice", with({{"host", "gate"}, {"host", "gate"}}), 0},
        {"h2: pseudo field behind the others", with({{"x", "y"}, {":path", "/@-smuggled"}}), 0},
        {"h2: unknown pseudo field", with({{":x", "y"}}), 0},
        {"h2: method with CRLF", get("GET /@ HTTP/1.1\r\nHost: gate\r\n\r\nGET", "/@"), 0},
        {"h2: method with a space", get("GET /@-smuggled HTTP/1.1", "/@"), 0},
        {"h2: path with a space", get("GET", "/@ HTTP/1.1"), 0},
        {"h2: path with CRLF", get("GET", "/@ HTTP/1.1\r\nHost: gate\r\n\r\nGET /@-smuggled"), 0},
        {"h2: path is a URL", get("GET", "http://other/@"), 0},
        {"h2: path without a slash", get("GET", "@"), 0},
        {"h2: path with a fragment", get("GET", "/@#x"), 0},
        {"h2: authority with CRLF", get("GET", "/@", "gate\r\nX: y"), 0},
        {"h2: authority with a user", get("GET", "/@", "gate@other"), 0},
        {"h2: authority with a path", get("GET", "/@", "gate/x"), 0},
        {"h2: no path", plus({}), 0},
        {"h2: path twice", plus({{":path", "/@"}, {":path", "/@-smuggled"}}), 0},
        {"h2: scheme with CRLF", send({{":method", "GET"}, {":scheme", "http\r\nX: y"}, {":authority", "gate"}, {":path", "/@"}, {"authorization", "Bearer secret"}}, "", true), 0},
        {"h2: scheme with a URL", send({{":method", "GET"}, {":scheme", "http://other/?"}, {":authority", "gate"}, {":path", "/@"}, {"authorization", "Bearer secret"}}, "", true), 0},
        {"h2: expect something", with({{"expect", "200-ok"}}), 0},
        {"h2: pseudo field in trailers", hello() + frame(headers, end_headers, 1, block(request("POST", "/@", {{"authorization", "Bearer secret"}, {"content-length", "3"}}))) + frame(data, 0, 1, "ab") +
             frame(headers, end_headers | end_stream, 1, block({{":path", "/@-smuggled"}})), 0},
    };
}

/// An answer of the upstream, and what the client may get: a status, `cut` after 200, or both forbidden.
struct AnswerCase {
    std::string name, bytes, becomes;
};

inline std::vector<AnswerCase> answer_cases() {
    const std::string ok = "HTTP/1.1 200 OK\r\n", whole = ok + "Content-Length: 2\r\n\r\nok";
    const std::string second = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled";
    std::string flood;
    for (int i = 0; i < 50; ++i) flood += "HTTP/1.1 103 Early Hints\r\n\r\n";
    return {
        {"whole", whole, "200"},
        {"several 1xx", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + whole, "200"},
        {"a flood of 1xx", flood + whole, "502"},
        {"101 that nobody asked for", "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nbytes", "502"},
        {"100 after 200", whole + "HTTP/1.1 100 Continue\r\n\r\n", "200"},
        {"a second answer", whole + second, "200"},
        {"204 with a body", "HTTP/1.1 204 No Content\r\nContent-Length: 88\r\n\r\n" + second, "204"},
        {"304 with a body", "HTTP/1.1 304 Not Modified\r\nContent-Length: 88\r\n\r\n" + second, "304"},
        {"both CL and TE", ok + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "502"},
        {"two lengths", ok + "Content-Length: 2\r\nContent-Length: 8\r\n\r\nok", "502"},
        {"length list", ok + "Content-Length: 2, 2\r\n\r\nok", "502"},
        {"TE: xchunked", ok + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "502"},
        {"bare LF", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", "502"},
        {"bare CR in a value", ok + "X: a\rSet-Cookie: b\r\nContent-Length: 2\r\n\r\nok", "502"},
        {"folded", ok + "X: a\r\n b\r\nContent-Length: 2\r\n\r\nok", "502"},
        {"NUL in a value", ok + std::string("X: a\0b\r\n", 8) + "Content-Length: 2\r\n\r\nok", "502"},
        {"name with a space", ok + "X Y: a\r\nContent-Length: 2\r\n\r\nok", "502"},
        {"status of four digits", "HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok", "502"},
        {"status beyond 599", "HTTP/1.1 999 x\r\nContent-Length: 2\r\n\r\nok", "502"},
        {"closes in its head", "HTTP/1.1 200 OK\r\nContent-Le", "502"},
        {"closes in its body", ok + "Content-Length: 20\r\n\r\nok", "cut"},
        {"closes in a chunk", ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nok", "cut"},
        {"closes before the last chunk", ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", "cut"},
        {"broken chunk size", ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0x1\r\na\r\n0\r\n\r\n", "cut"},
    };
}

}  // namespace bordergate::testing
