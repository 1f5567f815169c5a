// HTTP/2 on either side and on both, between real clients and servers and some that are made by hand.
#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <deque>

#include "tests/support/gate.hpp"
#include "tests/support/h2_frames.hpp"
#include "tests/support/h2_peer.hpp"

using namespace bordergate;
using namespace bordergate::testing;
using Catch::Contains;

namespace {

constexpr const char* h2_listener = "    protocols: [http2]\n";
constexpr const char* h2_destination = "    protocols: [http2]\n";

GateSettings towards(const Upstream& upstream, bool client_h2, bool upstream_h2) {
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
    if (client_h2) settings.listener_more = h2_listener;
    if (upstream_h2) settings.destination_more = h2_destination;
    return settings;
}

void answer_h1(Connection& connection) {
    for (std::string got; !(got = connection.message()).empty();) {
        const auto body = body_of(got);
        connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(body.size() + 2) + "\r\n\r\n" + body + "ok");
    }
}

void answer_h2(Connection& connection) {
    serve_h2(connection, [](H2Peer& peer, StreamNotes& request) {
        request.stream->kept = request.body + "ok";
        peer.answer(request, 200, request.stream->kept);
    });
}

std::vector<std::string> curl(std::vector<std::string> more) {
    std::vector<std::string> all{"curl", "-sS", "--max-time", "20", "-H", "authorization: Bearer secret"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

std::string url(const Gate& gate, const char* path = "/v1/x") { return "http://127.0.0.1:" + std::to_string(gate.port()) + path; }

bool make_certificate(const Folder& folder) {
    return have_program("openssl") &&
           run_program({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                        "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", folder.path("key.pem"), "-out", folder.path("cert.pem")})
                   .code == 0;
}

/// nghttpd that sends back what it is sent, plain or over TLS.
class Nghttpd {
  public:
    explicit Nghttpd(const Folder& folder, bool tls) {
        std::vector<std::string> arguments{"nghttpd", "--echo-upload", "--trailer=server-timing: t", "-a", "127.0.0.1", "-d", folder.root(), std::to_string(port)};
        if (tls)
            arguments.insert(arguments.end(), {folder.path("key.pem"), folder.path("cert.pem")});
        else
            arguments.insert(arguments.begin() + 1, "--no-tls");
        process_ = std::make_unique<Process>(std::move(arguments));
        for (int tries = 0; tries < 500 && run_program({"curl", "-sk", "--max-time", "2", "--http2-prior-knowledge", (tls ? "https" : "http") + ("://127.0.0.1:" + std::to_string(port)) + "/"}).code != 0; ++tries)
            ::usleep(10'000);
    }
    const std::uint16_t port = free_port();

  private:
    std::unique_ptr<Process> process_;
};

}  // namespace

TEST_CASE("http2: curl by prior knowledge and by ALPN, and HTTP/1.1 where the client wants it") {
    Folder folder;
    if (!have_program("curl") || !make_certificate(folder)) return;
    Upstream upstream(answer_h1);
    Gate plain(towards(upstream, true, false));
    CHECK(run_program(curl({"--http2-prior-knowledge", "-w", " %{http_version} %{http_code}", url(plain)})).out == "ok 2 200");
    auto settings = towards(upstream, false, false);
    settings.listener_more = "    tls: {certificate: " + folder.path("cert.pem") + ", key: \"file:" + folder.path("key.pem") + "\"}\n";
    Gate secure(settings);
    const auto at = "https://localhost:" + std::to_string(secure.port()) + "/v1/x";
    CHECK(run_program(curl({"--cacert", folder.path("cert.pem"), "-w", " %{http_version}", at})).out == "ok 2");
    CHECK(run_program(curl({"--cacert", folder.path("cert.pem"), "--http1.1", "-w", " %{http_version}", at})).out == "ok 1.1");
    settings = towards(upstream, false, false);
    settings.listener_more = "    protocols: [http1, http2]\n";
    Gate both(settings);
    CHECK(run_program(curl({"--http2-prior-knowledge", "-w", " %{http_version}", url(both)})).out == "ok 2");
    CHECK(run_program(curl({"--http1.1", "-w", " %{http_version}", url(both)})).out == "ok 1.1");
}

TEST_CASE("http2: nghttp sends many streams and trailers through to nghttpd, which answers with trailers") {
    Folder folder;
    if (!have_program("nghttp") || !have_program("nghttpd") || !have_program("curl") || !make_certificate(folder)) return;
    folder.write("body", std::string(300'000, 'b'));
    for (const bool tls : {false, true}) {
        INFO(tls);
        const Nghttpd server(folder, tls);
        GateSettings settings;
        settings.destination_url = (tls ? "https://localhost:" : "http://localhost:") + std::to_string(server.port);
        settings.destination_more = tls ? "    tls: {ca: " + folder.path("cert.pem") + "}\n" : h2_destination;
        settings.listener_more = "    protocols: [http1, http2]\n";
        Gate gate(settings);
        const auto many = run_program({"nghttp", "--stat", "-m", "50", "-H", "authorization: Bearer secret", "-H", "te: trailers", "--trailer", "sum: 2", "-d", folder.path("body"), url(gate, "/echo")});
        CHECK(many.out.size() > 50 * 300'000U);
        std::size_t good = 0;
        for (std::size_t at = 0; (at = many.out.find(" 200 ", at)) != std::string::npos; ++at) ++good;
        CHECK(good == 50);
        const auto verbose = run_program({"nghttp", "-v", "-H", "authorization: Bearer secret", "-H", "te: trailers", "--trailer", "sum: 2", "-d", folder.path("cert.pem"), url(gate, "/echo")});
        CHECK_THAT(verbose.out, Contains("server-timing: t"));
        // An HTTP/1.1 client of an HTTP/2 upstream.
        const bool same = run_program(curl({"--http1.1", "--data-binary", "@" + folder.path("body"), url(gate, "/echo")})).out == std::string(300'000, 'b');
        CHECK(same);
        CHECK(run_program(curl({"--http1.1", "-I", "-o", "/dev/null", "-w", "%{http_code}", url(gate, "/body")})).out == "200");
    }
}

TEST_CASE("http2: three megabytes in both directions at once, in every mixture of versions") {
    const std::string body(3'000'000, 'm');
    for (const bool upstream_h2 : {false, true}) {
        INFO(upstream_h2);
        Upstream upstream([&](Connection& connection) {
            if (!upstream_h2) return answer_h1(connection);
            // Sends back while it is still being sent to.
            H2Peer peer(connection, H2Session::Role::server);
            std::deque<std::string> echoed;
            std::size_t sent = 0;
            (void)peer.until([&] {
                if (peer.notes.empty()) return false;
                auto& one = *peer.notes[0];
                if (sent == 0 && echoed.empty()) {
                    peer.session.respond(*one.stream, response_head(), BodyLength::streamed(), false);
                    echoed.emplace_back();
                }
                if (one.stream->out.empty() && sent < one.body.size()) {
                    echoed.push_back(one.body.substr(sent));
                    sent = one.body.size();
                    one.send(echoed.back(), one.stream->in_ended);
                } else if (one.stream->out.empty() && one.stream->in_ended && !one.stream->out_last) {
                    one.send({}, true);
                }
                return false;
            });
        });
        Gate gate(towards(upstream, true, upstream_h2));
        Connection connection(gate.port());
        H2Peer client(connection, H2Session::Role::client);
        auto& asked = client.ask("POST", "/v1/x", false);
        asked.send(body, true);
        CHECK(client.until_end(asked));
        INFO(gate.records());
        CHECK(asked.end() == "whole");
        const bool same = asked.body.substr(0, body.size()) == body;
        CHECK(same);
    }
}

TEST_CASE("http2: a client that does not read holds the upstream back, and memory flat") {
    std::atomic<std::size_t> given{0};
    Upstream upstream([&](Connection& connection) {
        (void)connection.message();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
        const std::string piece(1 << 20, 'x');
        while (connection.send(piece)) given += piece.size();
    });
    auto settings = towards(upstream, true, false);
    settings.more = "timeouts: {body: 2s}\n";
    Gate gate(settings);
    {
        Connection warm(gate.port());
        H2Peer peer(warm, H2Session::Role::client);
        (void)peer.session.request(request_head(), BodyLength::none(), true);
        peer.flush();
    }
    const auto before = resident(gate.process().pid());
    Connection connection(gate.port());
    H2Peer client(connection, H2Session::Role::client);
    auto& asked = client.ask("GET", "/v1/x");
    REQUIRE(client.until([&] { return asked.body.size() > 1'000'000; }));
    // From here on nothing is read: the record says when the gate gave up.
    CHECK(gate.recorded("\"code\":\"client_timeout\""));
    CHECK(given < 100'000'000);
    CHECK(resident(gate.process().pid()) - before < room * 8 * 1024);
}

TEST_CASE("http2: requests that an upstream said goodbye to before it took them are sent again, others are not") {
    for (const std::uint32_t taken : {0U, 1U}) {
        INFO(taken);
        std::atomic<int> connections{0};
        Upstream upstream([&](Connection& connection) {
            if (++connections > 1) return answer_h2(connection);
            connection.send(h2::frame(h2::settings, 0, 0));
            std::string got;
            for (bool asked = false; !asked;) {
                const auto bytes = connection.some();
                if (bytes.empty()) return;
                got += bytes;
                auto rest = got.substr(std::min(got.size(), h2::preface.size()));
                for (const auto& one : h2::frames(rest)) asked = asked || one.type == h2::headers;
            }
            connection.send(h2::frame(h2::goaway, 0, 0, h2::number(taken) + h2::number(0)));
        });
        Gate gate(towards(upstream, false, true));
        Connection client(gate.port());
        client.send("POST /v1/x HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\nContent-Length: 0\r\n\r\n");
        CHECK_THAT(client.message(), Catch::StartsWith(taken == 0 ? "HTTP/1.1 200" : "HTTP/1.1 502"));
        CHECK(connections == (taken == 0 ? 2 : 1));
    }
}

TEST_CASE("http2: an upstream that resets in the middle of its answer is an error in both versions") {
    Upstream upstream([](Connection& connection) {
        serve_h2(connection, [](H2Peer& peer, StreamNotes& request) {
            peer.answer(request, 200, "part", false);
            peer.session.reset(*request.stream, H2Reset::internal_error);
        });
    });
    Gate gate(towards(upstream, true, true));
    Connection connection(gate.port());
    H2Peer client(connection, H2Session::Role::client);
    auto& asked = client.ask("GET", "/v1/x");
    CHECK(client.until_end(asked));
    CHECK_THAT(asked.end(), Catch::StartsWith("error"));
    CHECK(gate.recorded("\"code\":\"upstream_gone\""));
    // The connection goes on.
    auto& again = client.ask("GET", "/v1/y");
    CHECK(client.until_end(again));

    Gate other(towards(upstream, false, true));
    Connection h1(other.port());
    h1.send(request("GET", "/v1/x"));
    const auto answer = h1.all();
    CHECK_THAT(answer, !Catch::EndsWith("0\r\n\r\n"));
    CHECK_THAT(answer, Catch::StartsWith("HTTP/1.1 200") || Catch::StartsWith("HTTP/1.1 502"));
}

TEST_CASE("http2: a client that resets its stream frees the upstream, and the other streams go on") {
    std::atomic<int> reset{0};
    Upstream upstream([&](Connection& connection) {
        H2Peer peer(connection, H2Session::Role::server);
        std::size_t seen = 0;
        (void)peer.until([&] {
            for (; seen < peer.notes.size(); ++seen)
                if (peer.notes[seen]->stream->head.path == "/v1/ok") peer.answer(*peer.notes[seen], 200, "ok");
            reset = 0;
            for (const auto& one : peer.notes)
                if (one->stream->closed && one->stream->error != 0) ++reset;
            return false;
        });
    });
    Gate gate(towards(upstream, true, true));
    Connection connection(gate.port());
    H2Peer client(connection, H2Session::Role::client);
    auto& good = client.ask("GET", "/v1/ok");
    CHECK(client.until_end(good));
    auto& asked = client.ask("GET", "/v1/silent");
    client.session.reset(*asked.stream, H2Reset::cancel);
    client.flush();
    CHECK(gate.recorded("\"code\":\"client_gone\""));
    auto& more = client.ask("GET", "/v1/ok");
    CHECK(client.until_end(more));
    CHECK(more.body == "ok");
    for (int tries = 0; tries < 300 && reset == 0; ++tries) ::usleep(10'000);
    CHECK(reset == 1);
    CHECK(upstream.accepted() == 1);
}

TEST_CASE("http2: on SIGTERM streams under way finish, and the client is told to go") {
    std::atomic<bool> finish{false};
    Upstream upstream([&](Connection& connection) {
        (void)connection.message();
        while (!finish) ::usleep(5'000);
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    Gate gate(towards(upstream, true, false));
    Connection connection(gate.port());
    H2Peer client(connection, H2Session::Role::client);
    auto& asked = client.ask("GET", "/v1/x");
    REQUIRE(client.until([&] { return client.session.greeted(); }));
    while (upstream.accepted() == 0) ::usleep(5'000);
    gate.process().signal(SIGTERM);
    CHECK(client.until([&] { return !client.session.has_room(); }));
    CHECK(asked.end() == "open");
    finish = true;
    CHECK(client.until_end(asked));
    CHECK(asked.body == "ok");
    CHECK(gate.process().wait() == 0);
}

TEST_CASE("http2: what is left open when the drain is over is closed, and nothing outlives the worker") {
    Upstream upstream([](Connection& connection) { (void)connection.all(); });
    auto settings = towards(upstream, true, false);
    settings.more = "timeouts: {drain: 100ms}\n";
    settings.listener_more += "  - {name: tunnels, address: \"127.0.0.1:0\", mode: forward, protocols: [http2]}\n";
    Gate gate(settings);
    Connection connection(gate.port());
    H2Peer client(connection, H2Session::Role::client);
    auto& asked = client.ask("POST", "/v1/x", false);
    asked.send("begun", false);
    REQUIRE(client.until([&] { return client.session.greeted(); }));
    while (upstream.accepted() == 0) ::usleep(5'000);
    gate.process().signal(SIGTERM);
    CHECK(gate.process().wait() == 0);
    CHECK(client.until_end(asked));
    CHECK(asked.end() != "whole");
}

TEST_CASE("http2: CONNECT opens a tunnel on a stream of a forward listener") {
    Upstream far([](Connection& connection) {
        for (std::string got; !(got = connection.some()).empty();) connection.send("<" + got + ">");
    });
    auto settings = towards(far, false, false);
    settings.listener_more = "  - {name: tunnels, address: \"127.0.0.1:0\", mode: forward, protocols: [http2]}\n";
    settings.rules = "  - {id: all, permit: clear, data: [plain, opaque, personal, financial, credential], from: EEA, to: US}\n"
                     "  - {id: back, permit: clear, data: [plain, opaque, personal, financial, credential], from: US, to: EEA}\n";
    Gate gate(settings);
    Connection connection(gate.port("tunnels"));
    const auto credential = "Basic eDpzZWNyZXQ=";  // x:secret
    connection.send(h2::hello() + h2::frame(h2::headers, h2::end_headers, 1, h2::block({{":method", "CONNECT"}, {":authority", "127.0.0.1:" + std::to_string(far.port())}, {"proxy-authorization", credential}})) +
                    h2::frame(h2::data, 0, 1, "hello"));
    std::string got, bytes, status;
    for (bool done = false; !done;) {
        const auto more = connection.some();
        if (more.empty()) break;
        bytes += more;
        for (h2::Frame one; h2::take(bytes, one);) {
            if (one.type == h2::data) got += one.payload;
            if (one.type == h2::rst_stream || one.type == h2::goaway) done = true;
            if (one.type == h2::data && (one.flags & h2::end_stream) != 0) done = true;
        }
        if (got == "<hello>") connection.send(h2::frame(h2::data, h2::end_stream, 1, ""));
    }
    CHECK(got == "<hello>");
    CHECK(gate.recorded("\"kind\":\"outcome\""));
}
