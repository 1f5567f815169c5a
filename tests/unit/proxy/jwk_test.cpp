#include "proxy/jwt/jwk.hpp"

#include <catch2/catch.hpp>

#include "tests/support/tokens.hpp"

using namespace bordergate;
using bordergate::testing::Issuer;

TEST_CASE("keys are found by their name and what they are for") {
    const Issuer one(JwtAlgorithm::es256, "one"), two(JwtAlgorithm::es256, "two"), rsa(JwtAlgorithm::rs256, "one");
    const auto set = KeySet::parse("{\"keys\":[{" + one.jwk(",\"use\":\"sig\",\"alg\":\"ES256\"") + "},{" + two.jwk(",\"key_ops\":[\"verify\"]") + "},{" + rsa.jwk(",\"alg\":\"PS256\"") + "}]}");
    REQUIRE(set.has_value());
    CHECK(set->find("one", JwtAlgorithm::es256).size() == 1);
    CHECK(set->find("two", JwtAlgorithm::es256).size() == 1);
    CHECK(set->find("one", JwtAlgorithm::ps256).size() == 1);
    CHECK(set->find("one", JwtAlgorithm::rs256).empty());
    CHECK(set->find("three", JwtAlgorithm::es256).empty());
    CHECK(set->find(std::nullopt, JwtAlgorithm::ps256).size() == 1);
    CHECK(set->find(std::nullopt, JwtAlgorithm::es256).empty());  // two could be meant
}

TEST_CASE("what is no public key for signatures is passed over") {
    const Issuer issuer(JwtAlgorithm::es256), other(JwtAlgorithm::es384, "");
    const auto good = issuer.jwk();
    for (const auto& bad : {std::string("\"kty\":\"oct\",\"k\":\"c2VjcmV0\""), good + ",\"use\":\"enc\"", good + ",\"key_ops\":[\"sign\"]", good + ",\"key_ops\":\"verify\"", good + ",\"alg\":\"HS256\"",
                            good + ",\"alg\":1", good + ",\"d\":\"AA\"", good + ",\"kid\":1", std::string("\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\""),
                            std::string("\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\""),
                            std::string("\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\""), std::string("\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"")}) {
        INFO(bad);
        CHECK(KeySet::parse("{\"keys\":[{" + bad + "}]}")->empty());
        const auto beside = KeySet::parse("{\"keys\":[{" + bad + "},1,{" + other.jwk() + "}]}");
        REQUIRE(beside.has_value());
        CHECK(beside->find(std::nullopt, JwtAlgorithm::es256).empty());
        CHECK(beside->find(std::nullopt, JwtAlgorithm::es384).size() == 1);
    }
}

TEST_CASE("a key set without keys is one") {
    const auto none = KeySet::parse("{\"keys\":[]}");
    REQUIRE(none.has_value());
    CHECK(none->empty());
    CHECK(none->find(std::nullopt, JwtAlgorithm::es256).empty());
}

TEST_CASE("what is no key set is refused") {
    for (const std::string text : {"", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[]} x", "{\"keys\":[[[[[[[[[[]]]]]]]]]]}"}) CHECK(KeySet::parse(text).has_error());
    CHECK(KeySet::parse(std::string(KeySet::longest + 1, ' ')).has_error());
    std::string many = "{\"keys\":[0";
    for (std::size_t i = 0; i < KeySet::most_keys; ++i) many += ",0";
    CHECK(KeySet::parse(many + "]}").error().detail == "the JWK Set has more than 256 keys");
}
