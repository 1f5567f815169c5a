// The sections about connections: TLS on both sides, the PROXY protocol, tokens; and their mistakes.
#include "config/connection_schema.hpp"

#include <catch2/catch.hpp>

#include "config/loader.hpp"
#include "tests/unit/config/written_folder.hpp"

using namespace bordergate;
using bordergate::testing::WrittenFolder;
using Catch::Contains;

namespace {

/// A file with these keys more in its listener, match and destination, in a folder with `cert.pem` and `key.pem`.
Loaded loaded(const std::string& listener, const std::string& match, const std::string& destination) {
    static const WrittenFolder folder;
    folder.write("cert.pem", "certificate");
    folder.write("key.pem", "key");
    return load_text("version: 1\nnode: {location: DE, operator: DE}\nlisteners:\n  - {name: s, address: \"127.0.0.1:0\", mode: forward" + listener +
                         "}\naudit: {directory: ./audit}\nsources:\n  - {id: app, match: {networks: [127.0.0.0/8]" + match +
                         "}, standing: {location: DE, operator: DE}}\ndestinations:\n  - {id: far, url: \"https://far\", standing: {location: US, operator: US}" + destination +
                         "}\nrules:\n  - {id: plain, permit: clear, data: plain, from: EEA, to: US}\n",
                     "f.yaml", folder.path());
}

std::string said(const std::string& listener, const std::string& match, const std::string& destination) {
    return format(loaded(listener, match, destination).diagnostics);
}

const std::string jwks = "jwt: {issuer: joe, audience: gate, algorithms: [ES256], jwks: {";

}  // namespace

TEST_CASE("a listener has one certificate or several") {
    const auto one = loaded(", tls: {certificate: cert.pem, key: \"file:key.pem\", ocsp: cert.pem}", "", "");
    INFO(format(one.diagnostics));
    REQUIRE(one.snapshot);
    const auto& tls = *one.snapshot->listeners[0].tls;
    REQUIRE(tls.certificates.size() == 1);
    CHECK((tls.certificates[0].ocsp && !tls.strict_sni));
    const auto two = loaded(", tls: {certificates: [{certificate: cert.pem, key: \"file:key.pem\"}, {certificate: key.pem, key: \"file:key.pem\"}], strict_sni: true}", "", "");
    REQUIRE(two.snapshot);
    CHECK(two.snapshot->listeners[0].tls->certificates.size() == 2);
    CHECK(two.snapshot->listeners[0].tls->strict_sni);
    CHECK_THAT(said(", tls: {certificate: cert.pem}", "", ""), Contains("the certificate has no key"));
    CHECK_THAT(said(", tls: {key: \"file:key.pem\"}", "", ""), Contains("\"certificate\" or \"certificates\" is missing"));
    CHECK_THAT(said(", tls: {certificates: []}", "", ""), Contains("error"));
    CHECK_THAT(said(", tls: {key: \"file:key.pem\", certificates: [{certificate: cert.pem, key: \"file:key.pem\"}]}", "", ""), Contains("key stands beside certificates"));
    CHECK_THAT(said(", tls: {certificates: [{certificate: cert.pem}]}", "", ""), Contains("\"key\" is missing"));
}

TEST_CASE("a destination's SPIFFE ID needs a CA, and pins are hashes of keys") {
    const std::string pin = "sha256/LCrQr3ZJ7VHyTLXhOlfNbZcc0aDxgoVANs2uOGKkZ+A=";
    const auto good = loaded("", "", ", tls: {ca: cert.pem, spiffe_id: \"spiffe://clinic/model\", pins: [" + pin + "]}");
    INFO(format(good.diagnostics));
    REQUIRE(good.snapshot);
    const auto& tls = good.snapshot->destinations[0].upstream_tls;
    CHECK(tls.spiffe_id == "spiffe://clinic/model");
    REQUIRE(tls.pins.size() == 1);
    CHECK((tls.pins[0][0] == 0x2c && tls.pins[0][31] == 0xe0));
    CHECK_THAT(said("", "", ", tls: {spiffe_id: \"spiffe://clinic/model\"}"), Contains("no ca says who vouches for its trust domain"));
    for (const auto& bad : {pin.substr(1), pin.substr(0, pin.size() - 1), pin + "=", std::string("sha1/") + pin.substr(7), "sha256/" + std::string(44, '=')})
        CHECK_THAT(said("", "", ", tls: {ca: cert.pem, pins: [\"" + bad + "\"]}"), Contains("sha256/ and the base64"));
}

TEST_CASE("the PROXY protocol is believed of networks that are named, and told in one version") {
    const auto good = loaded(", proxy_protocol: {versions: [v2], from: [10.0.0.0/8, \"fd00::/8\"]}", "", ", proxy_protocol: v1");
    INFO(format(good.diagnostics));
    REQUIRE(good.snapshot);
    const auto& proxied = *good.snapshot->listeners[0].proxied;
    CHECK((!proxied.v1 && proxied.v2 && proxied.from.size() == 2));
    CHECK(good.snapshot->destinations[0].proxy_protocol == ProxyProtocol::v1);
    const auto both = loaded(", proxy_protocol: {from: [10.0.0.1]}", "", "");
    CHECK((both.snapshot->listeners[0].proxied->v1 && both.snapshot->listeners[0].proxied->v2));
    CHECK(both.snapshot->destinations[0].proxy_protocol == ProxyProtocol::off);
    CHECK_THAT(said(", proxy_protocol: {versions: [v1]}", "", ""), Contains("\"from\" is missing"));
    CHECK_THAT(said(", proxy_protocol: {from: []}", "", ""), Contains("error"));
    CHECK_THAT(said("", "", ", proxy_protocol: v3"), Contains("\"v3\" is not one of the words"));
}

TEST_CASE("a token's issuer, audience, keys and algorithms are named") {
    const auto good = loaded("", ", " + jwks + "url: \"https://issuer/keys\", ca: cert.pem, refresh: 2m, deadline: 1h, timeout: 1s}, claims: {role: nurse, scope: [a, b]}, leeway: 5s}", "");
    INFO(format(good.diagnostics));
    REQUIRE(good.snapshot);
    const auto& jwt = *good.snapshot->sources[0].match.jwt;
    CHECK((jwt.issuer == "joe" && jwt.audience == "gate" && jwt.leeway.count() == 5));
    CHECK((jwt.keys.refresh.count() == 120'000 && jwt.keys.timeout.count() == 1000 && jwt.keys.ca));
    CHECK(jwt.algorithms == std::vector{JwtAlgorithm::es256});
    CHECK(jwt.claims.size() == 2);
    CHECK(jwt.claims[1].second == std::vector<std::string>{"a", "b"});
    const auto file = loaded("", ", " + jwks + "file: cert.pem}}", "");
    REQUIRE(file.snapshot);
    CHECK(file.snapshot->sources[0].match.jwt->keys.url.empty());
    CHECK_THAT(said("", ", " + jwks + "file: gone.json}}", ""), Contains("gone.json cannot be found"));
    CHECK_THAT(said("", ", " + jwks + "url: \"http://issuer/keys\"}}", ""), Contains("use https://"));
    CHECK_THAT(said("", ", " + jwks + "url: \"https://issuer/keys\", refresh: 2h, deadline: 1h}}", ""), Contains("make deadline longer than refresh"));
    CHECK_THAT(said("", ", " + jwks + "}}", ""), Contains("\"file\" or \"url\" is missing"));
    for (const auto* algorithm : {"none", "HS256", "es256"})
        CHECK_THAT(said("", ", jwt: {issuer: joe, audience: gate, algorithms: [" + std::string(algorithm) + "], jwks: {file: cert.pem}}", ""), Contains("is not one of the words allowed here"));
}
