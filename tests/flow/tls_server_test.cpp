// A listener's TLS, with openssl as the client: which certificate is shown, staples, tickets, and who may resume.
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

GateSettings with_tls(const Upstream& upstream, const std::string& tls) {
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
    settings.listener_more = "    tls: {" + tls + "}\n";
    return settings;
}

}  // namespace

TEST_CASE("a client is shown the certificate of the host it names") {
    if (!have_program("openssl")) return;
    Folder folder;
    const Authority authority(folder);
    authority.issue("one", "subjectAltName=DNS:one.example\n");
    authority.issue("two", "subjectAltName=DNS:two.example,DNS:*.two.example\n");
    Upstream upstream(answer);
    const std::string both = "certificates: [{" + shown_certificate(folder, "one") + "}, {" + shown_certificate(folder, "two") + "}]";
    Gate gate(with_tls(upstream, both));
    for (const auto& [name, shown] : {std::pair{"one.example", "CN = one"}, {"two.example", "CN = two"}, {"A.TWO.example", "CN = two"},
                                      {"a.b.two.example", "CN = one"}, {"three.example", "CN = one"}}) {
        INFO(name);
        const auto said = s_client(gate.port(), std::string("-servername ") + name);
        CHECK_THAT(said, Contains(std::string("subject=") + shown) && Contains("hello"));
    }
    CHECK_THAT(s_client(gate.port(), "-noservername"), Contains("subject=CN = one") && Contains("hello"));
    Gate strict(with_tls(upstream, both + ", strict_sni: true"));
    CHECK_THAT(s_client(strict.port(), "-servername a.two.example"), Contains("subject=CN = two") && Contains("hello"));
    CHECK_THAT(s_client(strict.port(), "-servername three.example"), Contains("unrecognized name") && !Contains("hello"));
    CHECK_THAT(s_client(strict.port(), "-noservername"), Contains("unrecognized name") && !Contains("hello"));
}

TEST_CASE("an OCSP response is stapled while it holds, and one that is not the certificate's stops the start") {
    if (!have_program("openssl")) return;
    Folder folder;
    const Authority authority(folder), stranger(folder, "other");
    authority.issue("good", "subjectAltName=DNS:good.example\n");
    authority.issue("late", "subjectAltName=DNS:late.example\n");
    authority.staple("good", "-ndays 2");
    authority.staple("late", "");  // says not until when it holds
    Upstream upstream(answer);
    const auto element = [&](const std::string& who, const std::string& staple) {
        return "{" + shown_certificate(folder, who) + ", ocsp: " + folder.path(staple + ".ocsp") + "}";
    };
    Gate gate(with_tls(upstream, "certificates: [" + element("good", "good") + ", " + element("late", "late") + "]"));
    for (const std::string version : {"-tls1_2", "-tls1_3"}) {
        CHECK_THAT(s_client(gate.port(), "-status " + version + " -servername good.example"), Contains("OCSP Response Status: successful") && Contains("Cert Status: good"));
        CHECK_THAT(s_client(gate.port(), "-status " + version + " -servername late.example"), Contains("OCSP response: no response sent") && Contains("hello"));
    }
    const auto refused = [&](const std::string& element) {
        folder.write("bad.yaml", "version: 1\nnode: {location: DE, operator: DE}\nlisteners: [{name: s, address: \"127.0.0.1:0\", mode: forward, tls: {certificates: [" + element +
                                     "]}}]\naudit: {directory: ./audit}\nsources: [{id: app, match: {networks: [127.0.0.0/8]}, standing: {location: DE, operator: DE}}]\n"
                                     "destinations: []\nrules: []\n");
        return run_program({"sh", "-c", Gate::binary() + " run " + folder.path("bad.yaml") + " 2>&1"});
    };
    const auto another = refused(element("good", "late"));
    CHECK((another.code != 0 && another.out.find("is about another certificate") != std::string::npos));
    stranger.staple("good", "-ndays 2");
    const auto forged = refused(element("good", "good"));
    CHECK((forged.code != 0 && forged.out.find("is not signed by") != std::string::npos));
}

TEST_CASE("sessions are resumed by tickets, at each version, on every worker") {
    if (!have_program("openssl")) return;
    Folder folder;
    const Authority authority(folder);
    authority.issue("one", "subjectAltName=DNS:one.example\n");
    Upstream upstream(answer);
    auto settings = with_tls(upstream, shown_certificate(folder, "one"));
    settings.workers = 2;
    Gate gate(settings);
    for (const std::string version : {"-tls1_2", "-tls1_3"}) {
        INFO(version);
        const auto session = folder.path("session" + version);
        CHECK_THAT(s_client(gate.port(), version + " -servername one.example -sess_out " + session), Contains("New, TLSv1") && Contains("hello"));
        for (int i = 0; i < 4; ++i)
            CHECK_THAT(s_client(gate.port(), version + " -servername one.example -sess_in " + session), Contains("Reused, TLSv1") && Contains("hello"));
    }
    // Another process has other keys; the client is served all the same.
    Gate other(with_tls(upstream, shown_certificate(folder, "one")));
    CHECK_THAT(s_client(other.port(), "-tls1_3 -servername one.example -sess_in " + folder.path("session-tls1_3")), Contains("New, TLSv1") && Contains("hello"));
}

TEST_CASE("a resumed session is the client that proved itself, and only under the authorities of then") {
    if (!have_program("openssl")) return;
    Folder folder;
    const Authority authority(folder);
    authority.issue("one", "subjectAltName=DNS:one.example\n");
    authority.issue("ward", "subjectAltName=URI:spiffe://clinic/ward\n");
    Upstream upstream(answer);
    const auto client = "-servername one.example -cert " + folder.path("ward.pem") + " -key " + folder.path("ward.key");
    auto settings = with_tls(upstream, shown_certificate(folder, "one") + ", require_client_certificate: true, client_ca: " + authority.pem());
    settings.source_match = "spiffe_id: \"spiffe://clinic/ward\"";
    // A second listener in the same process, so with the same ticket keys, that asks for nobody.
    settings.more_listeners = "  - {name: open, address: \"127.0.0.1:0\", mode: reverse, tls: {" + shown_certificate(folder, "one") + "}}\n";
    Gate gate(settings);
    for (const std::string version : {"-tls1_2 ", "-tls1_3 "}) {
        INFO(version);
        const auto session = folder.path("session");
        CHECK_THAT(s_client(gate.port(), version + client + " -sess_out " + session), Contains("New, TLSv1") && Contains("hello"));
        CHECK_THAT(s_client(gate.port(), version + client + " -sess_in " + session), Contains("Reused, TLSv1") && Contains("hello"));
        const auto stranger = folder.path("stranger");
        s_client(gate.port("open"), version + "-servername one.example -sess_out " + stranger);
        CHECK_THAT(s_client(gate.port(), version + "-servername one.example -sess_in " + stranger), !Contains("Reused") && !Contains("hello"));
    }
}
