#include "filters/seal/jwe.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "filters/seal/base64url.hpp"
#include "filters/seal/key_wrap.hpp"

using namespace bordergate;

namespace {

const SealContext context{"DE", "klinikum", "health", "", "digest"};

KeyRing symmetric_ring(std::uint8_t seed, const std::string& kid = "DE/seal/1") {
    std::vector<SealKey> keys(1);
    keys[0].kid = kid;
    keys[0].secret = SecretBytes(std::array<std::uint8_t, 32>{seed});
    return KeyRing("DE", std::move(keys), std::nullopt);
}

/// A fresh P-256 key; `with_private` false: only its public half.
std::pair<KeyRing, KeyRing> elliptic_rings() {
    EVP_PKEY* made = EVP_EC_gen("P-256");
    std::vector<std::uint8_t> point(65);
    std::size_t size = 0;
    EVP_PKEY_get_octet_string_param(made, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(), &size);
    BIGNUM* number = nullptr;
    EVP_PKEY_get_bn_param(made, OSSL_PKEY_PARAM_PRIV_KEY, &number);
    std::array<std::uint8_t, 32> scalar;
    BN_bn2binpad(number, scalar.data(), 32);
    BN_free(number);
    EVP_PKEY_free(made);
    const auto ring = [&](bool with_private) {
        std::vector<SealKey> keys(1);
        keys[0].kid = "DE/seal/1";
        keys[0].algorithm = SealKey::Algorithm::ecdh_es_a256kw;
        keys[0].public_point = point;
        if (with_private) keys[0].secret = SecretBytes(scalar);
        return KeyRing("DE", std::move(keys), std::nullopt);
    };
    return {ring(true), ring(false)};
}

std::string sealed(const KeyRing& ring, std::string_view text) {
    std::string token;
    REQUIRE(seal_jwe(ring, context, text, token).has_value());
    return token;
}

}  // namespace

TEST_CASE("sealed values open with their ring and context, and with nothing else") {
    const auto ring = symmetric_ring(1);
    for (std::string_view text : {"", "P-4711", "\x01\xff"}) {
        const auto token = sealed(ring, text);
        CHECK(looks_sealed(token));
        std::string opened;
        REQUIRE(open_jwe(ring, context, token, opened).has_value());
        CHECK(opened == text);
        for (auto other : {SealContext{"FR", "klinikum", "health", "", ""}, SealContext{"DE", "other", "health", "", ""}, SealContext{"DE", "klinikum", "contact", "", ""},
                           SealContext{"DE", "klinikum", "health", "c", ""}})
            CHECK(open_jwe(ring, other, token, opened).has_error());
        CHECK(open_jwe(symmetric_ring(2), context, token, opened).has_error());
        CHECK(open_jwe(symmetric_ring(1, "DE/seal/2"), context, token, opened).has_error());
    }
}

TEST_CASE("any damage to a sealed value is found, and nothing of it comes out") {
    const auto ring = symmetric_ring(1);
    const auto token = sealed(ring, "P-4711");
    for (std::size_t i = 0; i < token.size(); ++i) {
        auto damaged = token;
        damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
        std::string opened;
        INFO(i);
        CHECK(open_jwe(ring, context, damaged, opened).has_error());
        CHECK(opened.empty());
    }
}

TEST_CASE("a proxy with the public half can seal and not open") {
    const auto [whole, half] = elliptic_rings();
    const auto token = sealed(half, "P-4711");
    std::string opened;
    CHECK(open_jwe(half, context, token, opened).has_error());
    REQUIRE(open_jwe(whole, context, token, opened).has_value());
    CHECK(opened == "P-4711");
}

TEST_CASE("zip and crit are refused") {
    const auto ring = symmetric_ring(1);
    const auto token = sealed(ring, "x");
    for (std::string_view extra : {R"({"zip":"DEF",)", R"({"crit":["x"],)"}) {
        const auto bytes = *decode_base64url(token.substr(0, token.find('.')));
        std::string header(extra), encoded;
        header.append(reinterpret_cast<const char*>(bytes.data()) + 1, bytes.size() - 1);
        append_base64url(bytes_of(header), encoded);
        std::string opened;
        CHECK(open_jwe(ring, context, encoded + token.substr(token.find('.')), opened).has_error());
    }
}

TEST_CASE("Concat KDF, with the example of RFC 7518, appendix C") {
    const std::array<std::uint8_t, 32> z{158, 86,  217, 29,  129, 113, 53,  211, 114, 131, 66,  131, 191, 132, 38,  156,
                                         251, 49,  110, 163, 218, 128, 106, 72,  246, 218, 167, 121, 140, 254, 144, 196};
    const auto derived = concat_kdf(z, "A128GCM", "Alice", "Bob", 128);
    std::string text;
    append_base64url(std::span(derived).first(16), text);
    CHECK(text == "VqqN6vgjbSBcIijNcacQGg");
}

TEST_CASE("python3-jwcrypto opens what we seal") {
    if (std::system("python3 -c 'import jwcrypto' 2>/dev/null || /usr/bin/python3 -c 'import jwcrypto' 2>/dev/null") != 0) {
        WARN("SKIPPED: python3-jwcrypto is not installed");
        return;
    }
    const auto token = sealed(symmetric_ring(1), "P-4711");
    std::string key;
    append_base64url(std::array<std::uint8_t, 32>{1}, key);
    const std::string script = "from jwcrypto import jwe, jwk; t = jwe.JWE(); t.deserialize('" + token + "', jwk.JWK(kty='oct', k='" + key +
                               "')); assert t.payload == b'P-4711'";
    CHECK(std::system(("/usr/bin/python3 -c \"" + script + "\"").c_str()) == 0);
}

TEST_CASE("base64url is strict") {
    CHECK(decode_base64url("").has_value());
    CHECK(decode_base64url("AQ")->size() == 1);
    for (auto text : {"A", "AR", "AQ==", "A+", "A/", "A Q"}) CHECK_FALSE(decode_base64url(text).has_value());
}
