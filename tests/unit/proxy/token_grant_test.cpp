// What a token endpoint is told, and what its answers are taken for.
#include "proxy/remote/token_grant.hpp"

#include <catch2/catch.hpp>

#include "proxy/jwt/jwt.hpp"
#include "tests/support/tokens.hpp"

using namespace bordergate;
using namespace std::chrono_literals;
using bordergate::testing::Issuer;
using Catch::Contains;

namespace {

TokenGrant client() {
    TokenGrant grant;
    grant.token_url = "https://login.example/token";
    grant.client_id = "app one";
    grant.scope = "read write";
    return grant;
}

TokenGrant account() {
    TokenGrant grant;
    grant.kind = TokenGrant::Kind::jwt_bearer;
    grant.token_url = grant.audience = "https://oauth2.example/token";
    grant.issuer = "me@project";
    grant.scope = "https://example/auth/cloud";
    return grant;
}

std::string why(const ControlAnswer& answer) {
    const auto read = read_grant(answer);
    REQUIRE(read.has_error());
    CHECK(read.error().code == Code::key_unavailable);
    return read.error().detail;
}

}  // namespace

TEST_CASE("client credentials are shown by HTTP Basic, and asked for in a form") {
    auto grant = client();
    const auto request = grant_request(grant, "s:e+c r%t", 0).value();
    CHECK(request.url == grant.token_url);
    CHECK(request.form == "grant_type=client_credentials&scope=read+write");
    // RFC 6749, 2.3.1: both are encoded as forms are before they are joined.
    CHECK(request.user == "app+one");
    CHECK(request.password == "s%3Ae%2Bc+r%25t");
    grant.scope.clear();
    grant.audience = "https://api.example/?a=b&c";
    grant.timeout = 2s;
    grant.ca = "ca.pem";
    const auto other = grant_request(grant, "x", 0).value();
    CHECK(other.form == "grant_type=client_credentials&audience=https%3A%2F%2Fapi.example%2F%3Fa%3Db%26c");
    CHECK((other.timeout == 2s && other.ca == "ca.pem"));
}

TEST_CASE("a JWT bearer grant is signed by the key, and says who asks whom for what and until when") {
    const Issuer issuer(JwtAlgorithm::rs256, "one");
    auto grant = account();
    const std::int64_t now = 1'700'000'000;
    const auto asked = [&] {
        const auto request = grant_request(grant, issuer.pem(), now).value();
        CHECK(request.user.empty());
        CHECK_THAT(*request.form, Catch::StartsWith("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=ey"));
        const auto from = request.form->find("assertion=") + 10;
        return request.form->substr(from, request.form->find('&', from) - from);
    };
    const auto token = asked();
    const auto jwt = Jwt::parse(token);
    REQUIRE(jwt.has_value());
    const auto keys = KeySet::parse(issuer.jwks()).value();
    CHECK(jwt->is_signed_by(*keys.find("one", JwtAlgorithm::rs256).front()));
    const auto others = KeySet::parse(Issuer(JwtAlgorithm::rs256, "one").jwks()).value();
    CHECK_FALSE(jwt->is_signed_by(*others.find("one", JwtAlgorithm::rs256).front()));
    CHECK_FALSE(jwt->kid);
    CHECK(jwt->expiry() == now + 300);
    JwtMatch expected;
    expected.issuer = "me@project";
    expected.audience = "https://oauth2.example/token";
    expected.algorithms = {JwtAlgorithm::rs256};
    expected.claims = {{"scope", {"https://example/auth/cloud"}}, {"iat", {"1700000000"}}};
    CHECK(jwt->check(expected, now).has_value());
    expected.claims = {{"sub", {"you"}}};
    CHECK(jwt->check(expected, now).has_error());
    grant.subject = "you";
    grant.key_id = "k1";
    const auto other = asked();
    const auto delegated = Jwt::parse(other);
    REQUIRE(delegated.has_value());
    CHECK(delegated->kid == "k1");
    CHECK(delegated->check(expected, now).has_value());
    CHECK(asked() != asked());  // each has an id of its own
    CHECK_THAT(*grant_request(grant, issuer.pem(), now)->form, Contains("&scope=https%3A%2F%2Fexample%2Fauth%2Fcloud"));
}

TEST_CASE("only an RSA key of a size that is safe signs") {
    const auto refused = [](const std::string& key) {
        const Status checked = check_grant(account(), key);
        REQUIRE(checked.has_error());
        CHECK(grant_request(account(), key, 0).has_error());
        return checked.error().detail;
    };
    CHECK(check_grant(account(), Issuer(JwtAlgorithm::rs256).pem()).has_value());
    CHECK_THAT(refused("secret"), Contains("no private key in PEM") && !Contains("secret"));
    CHECK_THAT(refused(""), Contains(""));
    CHECK_THAT(refused(Issuer(JwtAlgorithm::es256).pem()), Contains("no RSA key"));
    CHECK_THAT(refused(Issuer::short_key()), Contains("less than 2048 bits"));
    CHECK(check_grant(client(), "secret").has_value());
    CHECK(check_grant(client(), "").has_error());
}

TEST_CASE("a token is taken with its lifetime") {
    const auto read = [](const std::string& body) { return read_grant({200, body}).value(); };
    CHECK(read(R"({"access_token":"abc","token_type":"Bearer","expires_in":3600})").authorization == "Bearer abc");
    CHECK(read(R"({"access_token":"abc","token_type":"Bearer","expires_in":3600})").lifetime == 3600s);
    CHECK(read(R"({"token_type":"bearer","access_token":"a.b-c_d~e+f/g=","scope":"x"})").lifetime == 300s);
    CHECK(read(R"({"access_token":"abc","token_type":"bearer","expires_in":"3599"})").lifetime == 3599s);
    CHECK(read(R"({"access_token":"abc","token_type":"bearer","expires_in":59.9})").lifetime == 59s);
    CHECK(read(R"({"access_token":"abc","token_type":"bearer","expires_in":null})").lifetime == 300s);
    CHECK(read(R"({"access_token":"abc","token_type":"bearer","expires_in":18446744073709551615})").lifetime == 24h);
    CHECK(read(R"({"access_token":"abc","token_type":"bearer","expires_in":1e300})").lifetime == 24h);
}

TEST_CASE("what is no token is refused, and its words are not repeated") {
    CHECK(why({400, R"({"error":"invalid_client","error_description":"joe@example.com"})"}) == "the token endpoint answered with status 400 (invalid_client)");
    CHECK(why({401, R"({"error":"joe@example.com"})"}) == "the token endpoint answered with status 401");
    CHECK(why({500, "<html>"}) == "the token endpoint answered with status 500");
    CHECK(why({302, ""}) == "the token endpoint answered with status 302");
    CHECK_THAT(why({200, "[]"}), Contains("no JSON object"));
    CHECK_THAT(why({200, "<html>"}), Contains("no JSON object"));
    for (const char* token : {"1", "\"\"", "\"a b\"", R"("a\r\nx: y")", R"("caf\u00e9")", R"("\u007f")"}) {
        INFO(token);
        CHECK_THAT(why({200, std::string("{\"access_token\":") + token + ",\"token_type\":\"bearer\"}"}), Contains("no token that a request can carry"));
    }
    CHECK_THAT(why({200, "{\"access_token\":\"" + std::string(20'000, 'a') + "\",\"token_type\":\"bearer\"}"}), Contains("no token that a request can carry"));
    CHECK_THAT(why({200, R"({"access_token":"abc","token_type":"mac"})"}), Contains("no bearer token") && !Contains("abc"));
    CHECK_THAT(why({200, R"({"access_token":"abc"})"}), Contains("no bearer token"));
    for (const char* lifetime : {"0", "-1", "\"\"", "\"1h\"", "true", "0.5", "\"0\""}) {
        INFO(lifetime);
        CHECK_THAT(why({200, std::string("{\"access_token\":\"abc\",\"token_type\":\"bearer\",\"expires_in\":") + lifetime + "}"}), Contains("has expired") && !Contains("abc"));
    }
}
