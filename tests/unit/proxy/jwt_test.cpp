// Tokens: the vectors of RFC 7515, 7519 and 8037, every algorithm against OpenSSL's own signatures, and what must not pass.
#include "proxy/jwt/jwt.hpp"

#include <catch2/catch.hpp>

#include "filters/seal/base64url.hpp"
#include "tests/support/tokens.hpp"

using namespace bordergate;
using bordergate::testing::base64url;
using bordergate::testing::Issuer;

namespace {

constexpr JwtAlgorithm all_algorithms[] = {JwtAlgorithm::es256, JwtAlgorithm::es384, JwtAlgorithm::es512, JwtAlgorithm::rs256, JwtAlgorithm::rs384,
                                           JwtAlgorithm::rs512, JwtAlgorithm::ps256, JwtAlgorithm::ps384, JwtAlgorithm::ps512, JwtAlgorithm::eddsa};

// RFC 7515, A.2 and A.3: the same claims, of joe, until 2011-03-22.
const std::string rfc_claims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const std::string rs256_token = "eyJhbGciOiJSUzI1NiJ9." + rfc_claims +
    ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
const std::string rs256_key = R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"})";
const std::string es256_token = "eyJhbGciOiJFUzI1NiJ9." + rfc_claims + ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
const std::string es256_key = R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";

KeySet set_of(const std::string& key) {
    auto parsed = KeySet::parse("{\"keys\":[" + key + "]}");
    REQUIRE(parsed.has_value());
    return std::move(*parsed);
}

bool verifies(const KeySet& keys, const std::string& token) {
    const auto jwt = Jwt::parse(token);
    if (jwt.has_error()) return false;
    const auto found = keys.find(jwt->kid, jwt->algorithm);
    return found.size() == 1 && jwt->is_signed_by(*found.front());
}

JwtMatch joe() {
    JwtMatch match;
    match.issuer = "joe";
    match.audience = "gate";
    match.algorithms = {JwtAlgorithm::es256};
    match.leeway = std::chrono::seconds(60);
    return match;
}

/// What check() says of these claims at second 1000, without "the token".
std::string said(const std::string& claims, const JwtMatch& demands = joe()) {
    static const Issuer issuer(JwtAlgorithm::es256);
    const auto token = issuer.token(claims);
    const auto jwt = Jwt::parse(token);
    if (jwt.has_error()) return jwt.error().detail.substr(10);
    const Status checked = jwt->check(demands, 1000);
    return checked.has_error() ? checked.error().detail.substr(10) : "good";
}

}  // namespace

TEST_CASE("tokens of RFC 7515 verify with its keys, and with nothing changed") {
    for (const auto& [token, key] : {std::pair{rs256_token, rs256_key}, {es256_token, es256_key}}) {
        const auto keys = set_of(key);
        CHECK(verifies(keys, token));
        for (const auto at : {token.find('.') + 3, token.rfind('.') + 3}) {
            auto changed = token;
            changed[at] = changed[at] == 'A' ? 'B' : 'A';
            CHECK_FALSE(verifies(keys, changed));
        }
    }
    CHECK_FALSE(verifies(set_of(es256_key), rs256_token));
    CHECK(Jwt::parse(es256_token)->check(joe(), 1000).error().detail == "the token is for another audience");
}

TEST_CASE("the EdDSA signature of RFC 8037 verifies with its key") {
    const auto keys = set_of(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})");
    Jwt jwt;
    jwt.algorithm = JwtAlgorithm::eddsa;
    jwt.signed_part = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    jwt.signature = *decode_base64url("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
    const auto found = keys.find(std::nullopt, jwt.algorithm);
    REQUIRE(found.size() == 1);
    CHECK(jwt.is_signed_by(*found.front()));
    jwt.signature.back() ^= 1;
    CHECK_FALSE(jwt.is_signed_by(*found.front()));
}

TEST_CASE("each algorithm verifies its own signatures and no other's") {
    for (const auto algorithm : all_algorithms) {
        const Issuer issuer(algorithm), stranger(algorithm);
        const auto token = issuer.token("{}");
        INFO(token);
        CHECK(verifies(set_of("{" + issuer.jwk() + "}"), token));
        CHECK_FALSE(verifies(set_of("{" + stranger.jwk() + "}"), token));
        for (const auto other : all_algorithms) {
            if (other == algorithm) continue;
            Jwt jwt = *Jwt::parse(token);
            jwt.algorithm = other;
            const auto keys = set_of("{" + issuer.jwk() + "}");
            for (const auto* key : keys.find(jwt.kid, other)) CHECK_FALSE(jwt.is_signed_by(*key));
        }
    }
}

TEST_CASE("a token that is signed by nothing, or by a shared key, is none (RFC 7519, 6.1; RFC 7515, A.1)") {
    for (const std::string token : {"eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.",
                                    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"})
        CHECK(Jwt::parse(token).has_error());
    const Issuer issuer(JwtAlgorithm::es256);
    for (const auto* header : {"{\"alg\":\"None\"}", "{\"alg\":\"HS256\"}", "{\"alg\":\"ES256K\"}", "{\"alg\":[\"ES256\"]}", "{}", "[]", "\"ES256\"", "{\"alg\":\"ES256\",\"kid\":1}",
                               "{\"alg\":\"ES256\",\"crit\":[\"exp\"]}", "{\"alg\":\"ES256\"} x"}) {
        INFO(header);
        CHECK(Jwt::parse(issuer.token_with(header, "{}")).has_error());
    }
    CHECK(Jwt::parse(issuer.token_with("{\"alg\":\"ES256\"}", "{}")).has_value());
}

TEST_CASE("what is not three parts of strict base64url, or too long, is no token") {
    const auto token = Issuer(JwtAlgorithm::es256).token("{}");
    for (const auto& text : {std::string{}, std::string("."), std::string(".."), token.substr(0, token.rfind('.')), token + ".", token + ".x", token + "=", token + " ", " " + token,
                             token.substr(0, token.size() - 1), "e30" + token.substr(token.find('.'))})
        CHECK(Jwt::parse(text).has_error());
    CHECK(Jwt::parse(base64url("{\"alg\":\"ES256\"}") + "." + base64url("{\"a\":\"" + std::string(Jwt::longest, 'x') + "\"}") + ".AA").error().detail == "the token is longer than 16 KiB");
    std::string deep(40, '[');
    CHECK(Jwt::parse(base64url("{\"alg\":\"ES256\"}") + "." + base64url("{\"a\":" + deep + std::string(40, ']') + "}") + ".AA").has_error());
}

TEST_CASE("issuer, audience and times are checked, with the leeway and no more") {
    const std::string who = R"("iss":"joe","aud":"gate")";
    CHECK(said("{" + who + ",\"exp\":2000}") == "good");
    CHECK(said("{" + who + ",\"exp\":2000.5,\"nbf\":1060,\"iat\":1060}") == "good");
    CHECK(said("{\"iss\":\"joe\",\"aud\":[\"other\",\"gate\"],\"exp\":2000}") == "good");
    CHECK(said("{" + who + ",\"exp\":941}") == "good");
    CHECK(said("{" + who + ",\"exp\":940}") == "has expired");
    CHECK(said("{" + who + ",\"exp\":2000,\"nbf\":1061}") == "is not valid yet");
    CHECK(said("{" + who + ",\"exp\":2000,\"iat\":1061}") == "is not valid yet");
    for (const auto* exp : {"", ",\"exp\":\"2000\"", ",\"exp\":-1", ",\"exp\":1e300", ",\"exp\":null"}) CHECK(said("{" + who + exp + "}") == "does not say when it expires");
    CHECK(said("{" + who + ",\"exp\":2000,\"nbf\":\"1\"}") == "is malformed");
    for (const auto* iss : {"\"JOE\"", "\"joe \"", "[\"joe\"]", "1"}) CHECK(said("{\"iss\":" + std::string(iss) + ",\"aud\":\"gate\",\"exp\":2000}") == "has another issuer");
    for (const auto* aud : {"\"gates\"", "[]", "[1]", "{\"gate\":1}", "[[\"gate\"]]"}) CHECK(said("{\"iss\":\"joe\",\"aud\":" + std::string(aud) + ",\"exp\":2000}") == "is for another audience");
    auto demands = joe();
    demands.algorithms = {JwtAlgorithm::es384, JwtAlgorithm::rs256};
    CHECK(said("{" + who + ",\"exp\":2000}", demands) == "is signed by an algorithm that is not accepted");
}

TEST_CASE("claims that are demanded are there with one of their values") {
    auto demands = joe();
    demands.claims = {{"role", {"doctor", "nurse"}}, {"level", {"3"}}, {"scope", {"ai:use"}}};
    const auto with = [&](const std::string& role, const std::string& level, const std::string& scope) {
        return said(R"({"iss":"joe","aud":"gate","exp":2000,"role":)" + role + ",\"level\":" + level + ",\"scope\":" + scope + "}", demands) == "good";
    };
    CHECK(with("\"nurse\"", "3", "\"openid ai:use\""));
    CHECK(with("[\"visitor\",\"doctor\"]", "\"3\"", "[\"ai:use\"]"));
    CHECK_FALSE(with("\"visitor\"", "3", "\"ai:use\""));
    CHECK_FALSE(with("\"nurse doctor\"", "3", "\"ai:use\""));
    CHECK_FALSE(with("\"nurse\"", "4", "\"ai:use\""));
    CHECK_FALSE(with("\"nurse\"", "3", "\"ai:user\""));
    CHECK_FALSE(with("{\"nurse\":1}", "3", "\"ai:use\""));
    CHECK(said(R"({"iss":"joe","aud":"gate","exp":2000})", demands) == "lacks a claim that is demanded");
}
