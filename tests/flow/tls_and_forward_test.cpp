// TLS on both sides, sources by certificate, and the forward proxy, with curl and openssl as peers.
#include <catch2/catch.hpp>

#include "tests/support/certificates.hpp"
#include "tests/support/gate.hpp"
#include "tests/support/peers.hpp"

using namespace bordergate::testing;
using Catch::Contains;

namespace {

void answer(Connection& connection) {
    while (!connection.message().empty()) connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello");
}

/// A CA, a server certificate for localhost, and a client certificate with a SPIFFE ID, made by openssl.
bool make_certificates(const Folder& folder) {
    if (!have_program("openssl") || !have_program("curl")) return false;
    const Authority authority(folder);
    authority.issue("server", "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
    authority.issue("client", "subjectAltName=URI:spiffe://clinic/ward\n");
    return true;
}

std::string listener_tls(const Folder& folder) {
    return "    tls: {certificate: " + folder.path("server.pem") + ", key: \"file:" + folder.path("server.key") + "\", client_ca: " + folder.path("ca.pem") + "}\n";
}

}  // namespace

TEST_CASE("a source is known by the SPIFFE ID of its certificate, and a stranger is refused") {
    Folder folder;
    if (!make_certificates(folder)) return;
    Upstream upstream(answer);
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
    settings.listener_more = listener_tls(folder);
    settings.source_match = "spiffe_id: \"spiffe://clinic/ward\"";
    Gate gate(settings);
    const auto url = "https://localhost:" + std::to_string(gate.port()) + "/v1/x";
    const auto known = run_program({"curl", "-sS", "--max-time", "10", "--cacert", folder.path("ca.pem"), "--cert", folder.path("client.pem"), "--key", folder.path("client.key"), url});
    CHECK(known.out.starts_with("hello"));
    const auto stranger = run_program({"curl", "-sS", "--max-time", "10", "-o", "/dev/null", "-w", "%{http_code}\n", "--cacert", folder.path("ca.pem"), url});
    CHECK(stranger.out.starts_with("401"));
}

TEST_CASE("TLS 1.2 and 1.3 are spoken, older versions and plain bytes are not") {
    Folder folder;
    if (!make_certificates(folder)) return;
    Upstream upstream(answer);
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
    settings.listener_more = listener_tls(folder);
    Gate gate(settings);
    const auto url = "https://localhost:" + std::to_string(gate.port()) + "/v1/x";
    for (auto [version, works] : {std::pair<std::string, bool>{"1.1", false}, {"1.2", true}, {"1.3", true}}) {
        INFO(version);
        const auto got = run_program({"curl", "-sS", "--max-time", "10", "--tls-max", version, "--cacert", folder.path("ca.pem"), "-H", "authorization: Bearer secret", url});
        CHECK((got.code == 0 && got.out.starts_with("hello")) == works);
    }
    Connection plain(gate.port());
    plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK_THAT(plain.all(), !Contains("HTTP/1.1 200"));
}

TEST_CASE("an upstream's certificate must be trusted and must be its own") {
    Folder folder;
    if (!make_certificates(folder)) return;
    Upstream origin(answer);
    GateSettings inner;  // a bordergate with TLS is the upstream
    inner.destination_url = "http://127.0.0.1:" + std::to_string(origin.port());
    inner.listener_more = listener_tls(folder);
    inner.source_match = "networks: [127.0.0.0/8]";
    Gate far(inner);
    const auto reach = [&](const std::string& tls) {
        GateSettings outer;
        outer.destination_url = "https://localhost:" + std::to_string(far.port());
        outer.destination_more = tls;
        Gate gate(outer);
        Connection client(gate.port());
        client.send(request("GET", "/v1/x"));
        return client.message();
    };
    CHECK_THAT(reach("    tls: {ca: " + folder.path("ca.pem") + "}\n"), Catch::StartsWith("HTTP/1.1 200") && Contains("hello"));
    CHECK_THAT(reach(""), Catch::StartsWith("HTTP/1.1 502"));
    CHECK_THAT(reach("    tls: {ca: " + folder.path("ca.pem") + ", server_name: other.example}\n"), Catch::StartsWith("HTTP/1.1 502"));
}

TEST_CASE("the forward proxy judges by destination: absolute targets, tunnels, and who asks") {
    if (!have_program("curl")) return;
    Upstream declared(answer), undeclared(answer);
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(declared.port());
    Gate gate(settings);
    const auto proxy = "http://app:secret@127.0.0.1:" + std::to_string(gate.port("egress"));
    const auto get = [&](const std::string& through, std::uint16_t port, std::vector<std::string> more = {}) {
        std::vector<std::string> arguments{"curl", "-sS", "--max-time", "10", "-x", through, "-w", " %{http_code} %{http_connect}\n"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        arguments.push_back("http://127.0.0.1:" + std::to_string(port) + "/x");
        return run_program(std::move(arguments)).out;
    };
    CHECK_THAT(get(proxy, declared.port()), Contains("hello 200"));
    CHECK_THAT(get(proxy, declared.port(), {"-p"}), Contains("hello 200 200"));
    CHECK_THAT(get("http://127.0.0.1:" + std::to_string(gate.port("egress")), declared.port()), Contains(" 407 "));
    CHECK_THAT(get(proxy, undeclared.port()), Contains(" 403 "));
    CHECK_THAT(get(proxy, undeclared.port(), {"-p"}), Contains(" 403"));
    CHECK(undeclared.accepted() == 0);
    CHECK(gate.recorded("\"kind\":\"dialled\""));
}

TEST_CASE("an undeclared name needs a permit for anywhere, and may not lead to a private address") {
    Upstream upstream(answer);
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:1";
    settings.rules = "  - {id: plain, permit: clear, data: plain, from: EEA, to: anywhere}\n";
    Gate gate(settings);
    Connection client(gate.port("egress"));
    const auto host = "localhost:" + std::to_string(upstream.port());
    client.send("GET http://" + host + "/x HTTP/1.1\r\nHost: " + host + "\r\nProxy-Authorization: Bearer secret\r\n\r\n");
    CHECK_THAT(client.message(), Catch::StartsWith("HTTP/1.1 403") && Contains("address_refused"));
    CHECK(upstream.accepted() == 0);
    CHECK(gate.recorded("\"kind\":\"intent\""));
}
