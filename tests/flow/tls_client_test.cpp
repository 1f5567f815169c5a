// TLS towards destinations, with nginx as the destination: who it must be, and sessions that are resumed.
#include <catch2/catch.hpp>

#include "tests/support/certificates.hpp"
#include "tests/support/gate.hpp"
#include "tests/support/peers.hpp"
#include "tests/support/servers.hpp"

using namespace bordergate::testing;
using Catch::Contains;

namespace {

std::string server_of(const Folder& folder, const std::string& who, const std::string& more = "") {
    return "ssl_certificate " + folder.path(who + ".pem") + "; ssl_certificate_key " + folder.path(who + ".key") + ";\n" + more +
           "location / { return 200 \"reused=$ssl_session_reused\"; }\n";
}

std::string ask(const Gate& gate) {
    Connection client(gate.port());
    client.send(request("GET", "/v1/x"));
    return client.message();
}

std::string reach(const Nginx& nginx, const std::string& tls) {
    GateSettings settings;
    settings.destination_url = "https://localhost:" + std::to_string(nginx.port());
    settings.destination_more = "    tls: {" + tls + "}\n";
    const Gate gate(settings);
    return ask(gate);
}

std::string pin_of(const std::string& certificate) {
    auto base64 = shell("openssl x509 -in " + certificate + " -noout -pubkey | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | openssl base64");
    base64.pop_back();
    return "sha256/" + base64;
}

}  // namespace

TEST_CASE("a destination is known by its SPIFFE ID in place of its name, and by nothing like it") {
    if (!have_servers()) return;
    Folder folder;
    const Authority authority(folder), other(folder, "other");
    const std::string id = "subjectAltName=URI:spiffe://clinic/model";
    authority.issue("model", id + "\n");
    authority.issue("ward", "subjectAltName=URI:spiffe://clinic/ward,DNS:localhost\n");
    authority.issue("two", id + ",URI:spiffe://clinic/ward\n");
    authority.issue("signer", id + "\nbasicConstraints=CA:TRUE\nkeyUsage=keyCertSign,digitalSignature\n");
    other.issue("forged", id + "\n");
    const auto tls = "spiffe_id: \"spiffe://clinic/model\", ca: " + authority.pem();
    CHECK_THAT(reach(Nginx("ssl", server_of(folder, "model")), tls), Catch::StartsWith("HTTP/1.1 200"));
    for (const std::string who : {"ward", "two", "signer", "forged"}) {
        INFO(who);
        CHECK_THAT(reach(Nginx("ssl", server_of(folder, who)), tls), Catch::StartsWith("HTTP/1.1 502"));
    }
}

TEST_CASE("a destination must show a key that is pinned, its own or one above it, beside all else") {
    if (!have_servers()) return;
    Folder folder;
    const Authority authority(folder), other(folder, "other");
    authority.issue("model", "subjectAltName=DNS:localhost\n");
    const Nginx nginx("ssl", server_of(folder, "model"));
    const auto own = pin_of(folder.path("model.pem")), above = pin_of(authority.pem()), stranger = pin_of(other.pem());
    const auto ca = "ca: " + authority.pem() + ", ";
    CHECK_THAT(reach(nginx, ca + "pins: [" + own + "]"), Catch::StartsWith("HTTP/1.1 200"));
    CHECK_THAT(reach(nginx, ca + "pins: [" + stranger + ", " + above + "]"), Catch::StartsWith("HTTP/1.1 200"));
    CHECK_THAT(reach(nginx, ca + "pins: [" + stranger + "]"), Catch::StartsWith("HTTP/1.1 502"));
    CHECK_THAT(reach(nginx, "ca: " + other.pem() + ", pins: [" + own + "]"), Catch::StartsWith("HTTP/1.1 502"));
    CHECK_THAT(reach(nginx, ca + "server_name: other.example, pins: [" + own + "]"), Catch::StartsWith("HTTP/1.1 502"));
}

TEST_CASE("sessions of a destination are resumed, and verified as they were") {
    if (!have_servers()) return;
    Folder folder;
    const Authority authority(folder);
    authority.issue("model", "subjectAltName=DNS:localhost\n");
    for (const std::string version : {"TLSv1.2", "TLSv1.3"}) {
        INFO(version);
        const Nginx nginx("ssl", server_of(folder, "model", "keepalive_timeout 0; ssl_session_cache shared:s:1m; ssl_protocols " + version + ";\n"));
        GateSettings settings;
        settings.destination_url = "https://localhost:" + std::to_string(nginx.port());
        settings.destination_more = "    tls: {ca: " + authority.pem() + "}\n";
        const Gate gate(settings);
        CHECK_THAT(ask(gate), Contains("reused=."));
        for (int i = 0; i < 3; ++i) CHECK_THAT(ask(gate), Contains("reused=r"));
    }
}
