#include "tests/support/tokens.hpp"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <ctime>
#include <vector>

#include "filters/seal/base64url.hpp"

namespace bordergate::testing {

namespace {

struct Kind {
    const char *name, *curve;
    std::size_t size;  ///< of a number of the curve; 0: not ECDSA
};
constexpr std::array kinds{Kind{"ES256", "P-256", 32}, Kind{"ES384", "P-384", 48}, Kind{"ES512", "P-521", 66}, Kind{"RS256", nullptr, 0}, Kind{"RS384", nullptr, 0},
                           Kind{"RS512", nullptr, 0},  Kind{"PS256", nullptr, 0},  Kind{"PS384", nullptr, 0},  Kind{"PS512", nullptr, 0}, Kind{"EdDSA", "Ed25519", 0}};

const Kind& kind_of(JwtAlgorithm algorithm) { return kinds[static_cast<std::size_t>(algorithm)]; }

std::string encoded(const std::vector<std::uint8_t>& bytes) {
    std::string out;
    append_base64url(bytes, out);
    return out;
}

std::string number_of(EVP_PKEY* key, const char* name) {
    BIGNUM* number = nullptr;
    EVP_PKEY_get_bn_param(key, name, &number);
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(BN_num_bytes(number)));
    BN_bn2bin(number, bytes.data());
    BN_free(number);
    return encoded(bytes);
}

const EVP_MD* digest_of(const Kind& kind) {
    const std::string_view name(kind.name);
    if (name == "EdDSA") return nullptr;
    return name.ends_with("256") ? EVP_sha256() : name.ends_with("384") ? EVP_sha384() : EVP_sha512();
}

/// OpenSSL's DER as the two numbers that JOSE writes.
std::vector<std::uint8_t> as_pair(const std::vector<std::uint8_t>& der, std::size_t size) {
    const auto* bytes = der.data();
    ECDSA_SIG* both = d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size()));
    std::vector<std::uint8_t> pair(2 * size);
    BN_bn2binpad(ECDSA_SIG_get0_r(both), pair.data(), static_cast<int>(size));
    BN_bn2binpad(ECDSA_SIG_get0_s(both), pair.data() + size, static_cast<int>(size));
    ECDSA_SIG_free(both);
    return pair;
}

}  // namespace

std::string base64url(const std::string& text) { return encoded({text.begin(), text.end()}); }

Issuer::Issuer(JwtAlgorithm algorithm, std::string kid) : algorithm_(algorithm), kid_(std::move(kid)) {
    const auto& kind = kind_of(algorithm);
    EVP_PKEY* key = kind.size ? EVP_EC_gen(kind.curve) : kind.curve ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519") : EVP_RSA_gen(2048);
    key_ = {key, EVP_PKEY_free};
}

std::string Issuer::pem_of(EVP_PKEY* key) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    char* text = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

std::string Issuer::short_key() {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_RSA_gen(1024), EVP_PKEY_free);
    return pem_of(key.get());
}

std::string Issuer::jwk(const std::string& more) const {
    const auto& kind = kind_of(algorithm_);
    std::string text;
    if (kind.size) {
        std::vector<std::uint8_t> point(1 + 2 * kind.size);
        std::size_t size = 0;
        EVP_PKEY_get_octet_string_param(key_.get(), OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point.data(), point.size(), &size);
        const auto middle = point.begin() + 1 + static_cast<std::ptrdiff_t>(kind.size);
        text = std::string("\"kty\":\"EC\",\"crv\":\"") + kind.curve + "\",\"x\":\"" + encoded({point.begin() + 1, middle}) + "\",\"y\":\"" + encoded({middle, point.end()}) + "\"";
    } else if (kind.curve) {
        std::vector<std::uint8_t> raw(32);
        std::size_t size = raw.size();
        EVP_PKEY_get_raw_public_key(key_.get(), raw.data(), &size);
        text = "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" + encoded(raw) + "\"";
    } else {
        text = "\"kty\":\"RSA\",\"n\":\"" + number_of(key_.get(), OSSL_PKEY_PARAM_RSA_N) + "\",\"e\":\"" + number_of(key_.get(), OSSL_PKEY_PARAM_RSA_E) + "\"";
    }
    if (!kid_.empty()) text += ",\"kid\":\"" + kid_ + "\"";
    return text + more;
}

std::string Issuer::token(const std::string& claims) const {
    return token_with(std::string("{\"alg\":\"") + kind_of(algorithm_).name + "\"" + (kid_.empty() ? "" : ",\"kid\":\"" + kid_ + "\"") + "}", claims);
}

std::string Issuer::token_with(const std::string& header, const std::string& claims) const {
    const auto& kind = kind_of(algorithm_);
    const auto text = base64url(header) + "." + base64url(claims);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_PKEY_CTX* parameters = nullptr;
    EVP_DigestSignInit(context.get(), &parameters, digest_of(kind), nullptr, key_.get());
    if (kind.name[0] == 'P') {
        EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST);
    }
    std::vector<std::uint8_t> signature(1024);
    std::size_t size = signature.size();
    EVP_DigestSign(context.get(), signature.data(), &size, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    signature.resize(size);
    return text + "." + encoded(kind.size ? as_pair(signature, kind.size) : signature);
}

std::string Issuer::claims(long seconds, const std::string& more) {
    const long now = std::time(nullptr);
    return "{\"iss\":\"joe\",\"aud\":\"gate\",\"iat\":" + std::to_string(now - 3600) + ",\"exp\":" + std::to_string(now + seconds) + more + "}";
}

}  // namespace bordergate::testing
