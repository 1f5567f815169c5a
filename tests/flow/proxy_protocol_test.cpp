// The PROXY protocol with HAProxy before and nginx behind.
#include <catch2/catch.hpp>

#include "tests/support/certificates.hpp"
#include "tests/support/gate.hpp"
#include "tests/support/peers.hpp"
#include "tests/support/servers.hpp"

using namespace bordergate::testing;
using Catch::Contains;

namespace {

void answer(Connection& connection) {
    while (!connection.message().empty()) connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello");
}

/// A request by curl from the loopback address 127.0.0.`last`, with its status behind the body.
std::string get_from(int last, std::uint16_t port, const std::string& more = "", const std::string& scheme = "http") {
    return run_program({"sh", "-c", "curl -sS --max-time 10 --interface 127.0.0." + std::to_string(last) + " -w ' %{http_code}\\n' -H 'authorization: Bearer secret' " + more + " " +
                                        scheme + "://localhost:" + std::to_string(port) + "/v1/x 2>&1"})
        .out;
}

}  // namespace

TEST_CASE("behind HAProxy a client is known by the address that the PROXY protocol tells") {
    if (!have_servers()) return;
    Folder folder;
    const Authority authority(folder);
    authority.issue("server", "subjectAltName=DNS:localhost\n");
    Upstream upstream(answer);
    for (const bool tls : {false, true}) {
        for (const std::string version : {"send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c,unique-id,cert-cn"}) {
            INFO(version << (tls ? " before TLS" : ""));
            GateSettings settings;
            settings.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
            settings.source_match = "networks: [127.0.0.9]";
            settings.listener_more = "    proxy_protocol: {from: [127.0.0.1]}\n" + (tls ? "    tls: {" + shown_certificate(folder, "server") + "}\n" : std::string{});
            Gate gate(settings);
            Haproxy before(gate.port(), version);
            const auto scheme = tls ? "https" : "http";
            const auto more = "--cacert " + authority.pem();
            CHECK(get_from(9, before.port(), more, scheme) == "hello 200\n");
            CHECK_THAT(get_from(8, before.port(), more, scheme), Contains(" 401"));
            CHECK(gate.recorded("127.0.0.9"));
            CHECK(gate.recorded("believes other proxies"));
        }
    }
}

TEST_CASE("without a valid PROXY protocol header from a proxy that is believed, a connection is closed unanswered") {
    if (!have_program("curl")) return;
    Upstream upstream(answer);
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
    settings.listener_more = "    proxy_protocol: {versions: [v1], from: [127.0.0.1]}\n";
    settings.more = "timeouts: {head: 300ms}\n";
    Gate gate(settings);
    const auto said = [&gate](const std::string& bytes) {
        Connection proxy(gate.port());
        proxy.send(bytes);
        return proxy.all();
    };
    const std::string header = "PROXY TCP4 192.0.2.1 192.0.2.2 1000 80\r\n";
    const std::string closing = "GET /v1/x HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\nConnection: close\r\n\r\n";
    CHECK_THAT(said(header + closing), Catch::StartsWith("HTTP/1.1 200") && Contains("hello"));
    CHECK(gate.recorded("192.0.2.1"));
    CHECK(said(closing).empty());
    CHECK(said("PROXY TCP4 192.0.2.1\r\n" + closing).empty());
    CHECK(said(header.substr(0, 12)).empty());  // and nothing more, until the time for a head is over
    CHECK(said(std::string("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", 16) + closing).empty());
    CHECK_THAT(get_from(9, gate.port(), "--haproxy-protocol"), Contains(" 000"));
    CHECK(upstream.accepted() == 1);
}

TEST_CASE("nginx behind is told each client's own address, and no client's connection serves another") {
    if (!have_servers()) return;
    Folder folder;
    const Authority authority(folder);
    authority.issue("server", "subjectAltName=DNS:localhost\n");
    const std::string told = "location / { return 200 \"$proxy_protocol_addr $remote_addr\"; }\n";
    Nginx plain("proxy_protocol", told);
    Nginx tls("ssl proxy_protocol", "ssl_certificate " + folder.path("server.pem") + "; ssl_certificate_key " + folder.path("server.key") + ";\n" + told);
    for (const std::string version : {"v1", "v2"}) {
        for (const auto& [url, more] : {std::pair{"http://127.0.0.1:" + std::to_string(plain.port()), std::string{}},
                                        {"https://localhost:" + std::to_string(tls.port()), "    tls: {ca: " + authority.pem() + "}\n"}}) {
            INFO(version << " to " << url);
            GateSettings settings;
            settings.destination_url = url;
            settings.destination_more = "    proxy_protocol: " + version + "\n" + more;
            Gate gate(settings);
            for (const int client : {7, 8, 7}) CHECK(get_from(client, gate.port()) == "127.0.0." + std::to_string(client) + " 127.0.0.1 200\n");
            CHECK(gate.recorded("destination far is told the addresses of clients"));
        }
    }
}
