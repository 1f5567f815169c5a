// Sources that show a signed token, with keys from a file and from an issuer's https address.
#include <catch2/catch.hpp>
#include <unistd.h>

#include <csignal>

#include "tests/support/certificates.hpp"
#include "tests/support/gate.hpp"
#include "tests/support/peers.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/tokens.hpp"

using namespace bordergate;
using namespace bordergate::testing;
using Catch::Contains;

namespace {

/// Answers with the head that it was sent.
void echo(Connection& connection) {
    for (auto message = connection.message(); !message.empty(); message = connection.message())
        connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(message.size()) + "\r\n\r\n" + message);
}

GateSettings with_keys(const Upstream& upstream, const std::string& jwks) {
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
    settings.source_match = "jwt: {issuer: joe, audience: gate, algorithms: [ES256], claims: {role: [doctor, nurse]}, jwks: {" + jwks + "}}";
    return settings;
}

std::string claims(long seconds = 600) { return Issuer::claims(seconds, ",\"role\":\"nurse\""); }

std::string ask(const Gate& gate, const std::string& field) {
    Connection client(gate.port());
    client.send("GET /v1/x HTTP/1.1\r\nHost: gate\r\n" + field + "\r\n\r\n");
    return client.message();
}

std::string show(const Gate& gate, const std::string& token) { return ask(gate, "Authorization: Bearer " + token); }

/// The answer once it begins with `status`, or the last one after ten seconds.
std::string show_until(const Gate& gate, const std::string& token, const std::string& status) {
    std::string answer;
    for (int tries = 0; tries < 500; ++tries) {
        answer = show(gate, token);
        if (answer.starts_with("HTTP/1.1 " + status)) break;
        ::usleep(20'000);
    }
    return answer;
}

}  // namespace

TEST_CASE("a source is known by its token, which is neither handed on nor written down") {
    Folder folder;
    const Issuer issuer(JwtAlgorithm::es256), stranger(JwtAlgorithm::es256);
    folder.write("keys.json", issuer.jwks());
    Upstream upstream(echo);
    auto settings = with_keys(upstream, "file: " + folder.path("keys.json"));
    settings.destination_more = "    forward_credentials: true\n";
    Gate gate(settings);
    const auto token = issuer.token(claims());
    for (int i = 0; i < 3; ++i) {
        const auto answer = show(gate, token);
        CHECK_THAT(answer, Catch::StartsWith("HTTP/1.1 200") && !Contains(token) && !Contains("uthorization: "));
    }
    CHECK_THAT(show(gate, issuer.token(claims(-100))), Catch::StartsWith("HTTP/1.1 401") && Contains("has expired"));
    CHECK_THAT(show(gate, issuer.token(Issuer::claims(600, ",\"role\":\"visitor\""))), Catch::StartsWith("HTTP/1.1 401") && Contains("lacks a claim"));
    CHECK_THAT(show(gate, stranger.token(claims())), Catch::StartsWith("HTTP/1.1 401") && Contains("signed by no key"));
    CHECK_THAT(show(gate, "secret"), Catch::StartsWith("HTTP/1.1 401"));
    CHECK_THAT(ask(gate, "X-Api-Key: " + token), Catch::StartsWith("HTTP/1.1 401"));
    CHECK_THAT(ask(gate, "Accept: */*"), Catch::StartsWith("HTTP/1.1 401"));
    CHECK(gate.recorded("\"outcome\""));
    CHECK_THAT(gate.records(), !Contains(token) && !Contains(token.substr(token.rfind('.') + 1)));
}

TEST_CASE("in forward mode the token stands in Proxy-Authorization") {
    Folder folder;
    const Issuer issuer(JwtAlgorithm::es256);
    folder.write("keys.json", issuer.jwks());
    Upstream upstream(echo);
    Gate gate(with_keys(upstream, "file: " + folder.path("keys.json")));
    const auto target = "127.0.0.1:" + std::to_string(upstream.port());
    for (const auto& [field, status] : {std::pair{"Proxy-Authorization", "200"}, {"Authorization", "407"}}) {
        Connection client(gate.port("egress"));
        client.send("GET http://" + target + "/x HTTP/1.1\r\nHost: " + target + "\r\n" + field + ": Bearer " + issuer.token(claims()) + "\r\n\r\n");
        CHECK_THAT(client.message(), Catch::StartsWith(std::string("HTTP/1.1 ") + status));
    }
}

TEST_CASE("when the key file changes, old tokens are refused and new ones taken") {
    Folder folder;
    const Issuer old(JwtAlgorithm::es256, "old"), fresh(JwtAlgorithm::es256, "new");
    folder.write("keys.json", old.jwks());
    Upstream upstream(echo);
    Gate gate(with_keys(upstream, "file: " + folder.path("keys.json")));
    const auto before = old.token(claims()), after = fresh.token(claims());
    CHECK_THAT(show(gate, before), Catch::StartsWith("HTTP/1.1 200"));
    CHECK_THAT(show(gate, after), Catch::StartsWith("HTTP/1.1 401"));
    folder.write("keys.json", fresh.jwks());
    CHECK_THAT(show_until(gate, after, "200"), Catch::StartsWith("HTTP/1.1 200"));
    CHECK_THAT(show(gate, before), Catch::StartsWith("HTTP/1.1 401"));
    // All withdrawn.
    folder.write("keys.json", "{\"keys\":[]}");
    CHECK_THAT(show_until(gate, after, "401"), Catch::StartsWith("HTTP/1.1 401"));
}

TEST_CASE("a reload while the issuer is away goes on with the keys that are known") {
    Folder folder;
    const Issuer issuer(JwtAlgorithm::es256);
    folder.write("keys.json", issuer.jwks());
    Upstream upstream(echo);
    auto settings = with_keys(upstream, "file: " + folder.path("keys.json"));
    settings.more = "reload: {watch: false}\n";
    Gate gate(settings);
    CHECK_THAT(show(gate, issuer.token(claims())), Catch::StartsWith("HTTP/1.1 200"));
    folder.write("keys.json", "<html>back soon</html>");
    gate.folder().write("gate.yaml", read_file(gate.folder().path("gate.yaml")) + "# rotated\n");
    gate.process().signal(SIGHUP);
    REQUIRE(gate.recorded("takes over"));
    CHECK_THAT(show(gate, issuer.token(claims())), Catch::StartsWith("HTTP/1.1 200"));
}

TEST_CASE("keys are fetched from the issuer's address, and without them its tokens are refused") {
    if (!have_servers()) return;
    Folder folder;
    const Authority authority(folder), other(folder, "other");
    authority.issue("issuer", "subjectAltName=DNS:localhost\n");
    const Issuer issuer(JwtAlgorithm::es256, "one"), next(JwtAlgorithm::es256, "two");
    folder.write("keys.json", issuer.jwks(), 0644);
    const Nginx nginx("ssl", "ssl_certificate " + folder.path("issuer.pem") + "; ssl_certificate_key " + folder.path("issuer.key") + ";\nlocation / { return 200 \"\"; }\n" +
                                 "location = /keys { alias " + folder.path("keys.json") + "; }\nlocation = /moved { return 302 /keys; }\n");
    Upstream upstream(echo);
    const auto at = [&](const std::string& path, const std::string& more) {
        return with_keys(upstream, "url: \"https://localhost:" + std::to_string(nginx.port()) + path + "\", refresh: 1h, deadline: 2h, timeout: 2s, ca: " + more);
    };
    Gate gate(at("/keys", authority.pem()));
    CHECK_THAT(show(gate, issuer.token(claims())), Catch::StartsWith("HTTP/1.1 200"));
    folder.write("keys.json", "{\"keys\":[{" + issuer.jwk() + "},{" + next.jwk() + "}]}", 0644);
    // The first token by an unknown key has the keys fetched; until they are there, trying again may help.
    CHECK_THAT(show(gate, next.token(claims())), Catch::StartsWith("HTTP/1.1 503") && Contains("key_unavailable"));
    CHECK_THAT(show_until(gate, next.token(claims()), "200"), Catch::StartsWith("HTTP/1.1 200"));
    const Issuer third(JwtAlgorithm::es256, "three");
    CHECK_THAT(show(gate, third.token(claims())), Catch::StartsWith("HTTP/1.1 401"));

    for (const auto& settings : {at("/keys", other.pem()), at("/moved", authority.pem()), at("/none", authority.pem())}) {
        Gate shut(settings);
        CHECK_THAT(show(shut, issuer.token(claims())), Catch::StartsWith("HTTP/1.1 503") && Contains("key_unavailable"));
        CHECK_THAT(show(shut, "secret"), Catch::StartsWith("HTTP/1.1 401"));
    }
}
