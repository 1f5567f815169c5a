#include "proxy/jwt/jwt.hpp"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <cmath>

#include "filters/seal/base64url.hpp"

namespace bordergate {

namespace json = boost::json;

namespace {

Fault refused(const char* why) { return fault(Code::source_unknown, std::string("the token ") + why); }

std::optional<json::object> object_in(std::string_view part) {
    const auto bytes = decode_base64url(part);
    if (!bytes) return std::nullopt;
    json::parse_options options;
    options.max_depth = 16;
    boost::system::error_code error;
    auto value = json::parse(json::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size()), error, {}, options);
    if (error || !value.is_object()) return std::nullopt;
    return std::move(value.get_object());
}

/// A NumericDate (RFC 7519, 2) that fits; a fraction of a second is dropped.
std::optional<std::int64_t> date_of(const json::value& value) {
    constexpr double most = 1e12;  // tens of thousands of years
    double number = 0;
    if (value.is_int64())
        number = static_cast<double>(value.get_int64());
    else if (value.is_uint64())
        number = static_cast<double>(value.get_uint64());
    else if (value.is_double())
        number = value.get_double();
    else
        return std::nullopt;
    if (!(number >= 0 && number <= most)) return std::nullopt;
    return static_cast<std::int64_t>(std::floor(number));
}

/// True if a claim's value is, in text, `wanted`.
bool equals(const json::value& value, const std::string& wanted) {
    if (value.is_string()) return value.get_string() == wanted;
    if (value.is_bool()) return wanted == (value.get_bool() ? "true" : "false");
    if (value.is_int64()) return std::to_string(value.get_int64()) == wanted;
    if (value.is_uint64()) return std::to_string(value.get_uint64()) == wanted;
    return false;
}

bool has_word(std::string_view words, std::string_view wanted) {
    while (!words.empty()) {
        const auto end = std::min(words.find(' '), words.size());
        if (words.substr(0, end) == wanted) return true;
        words.remove_prefix(std::min(words.size(), end + 1));
    }
    return false;
}

/// One of several values; of a list any element; of `scope` any of its words (RFC 8693, 4.2).
bool holds(const std::string& name, const json::value& claim, const std::string& wanted) {
    if (name == "scope" && claim.is_string()) return has_word(std::string_view(claim.get_string()), wanted);
    if (!claim.is_array()) return equals(claim, wanted);
    const auto& list = claim.get_array();
    return std::any_of(list.begin(), list.end(), [&wanted](const auto& one) { return equals(one, wanted); });
}

const EVP_MD* digest_of(JwtAlgorithm algorithm) {
    switch (algorithm) {
        case JwtAlgorithm::es256:
        case JwtAlgorithm::rs256:
        case JwtAlgorithm::ps256: return EVP_sha256();
        case JwtAlgorithm::es384:
        case JwtAlgorithm::rs384:
        case JwtAlgorithm::ps384: return EVP_sha384();
        case JwtAlgorithm::es512:
        case JwtAlgorithm::rs512:
        case JwtAlgorithm::ps512: return EVP_sha512();
        case JwtAlgorithm::eddsa: return nullptr;
    }
    return nullptr;
}

bool is_pss(JwtAlgorithm algorithm) {
    return algorithm == JwtAlgorithm::ps256 || algorithm == JwtAlgorithm::ps384 || algorithm == JwtAlgorithm::ps512;
}

/// JOSE writes an ECDSA signature as two numbers of the curve's size (RFC 7518, 3.4), OpenSSL wants DER.
std::vector<std::uint8_t> ecdsa_der(const std::vector<std::uint8_t>& pair, std::size_t size) {
    if (pair.size() != 2 * size) return {};
    ECDSA_SIG* both = ECDSA_SIG_new();
    ECDSA_SIG_set0(both, BN_bin2bn(pair.data(), static_cast<int>(size), nullptr),
                   BN_bin2bn(pair.data() + size, static_cast<int>(size), nullptr));
    unsigned char* der = nullptr;
    const int length = i2d_ECDSA_SIG(both, &der);
    ECDSA_SIG_free(both);
    std::vector<std::uint8_t> made;
    if (length > 0) made.assign(der, der + length);
    OPENSSL_free(der);
    return made;
}

std::size_t number_size(Jwk::Kind kind) { return kind == Jwk::Kind::p256 ? 32 : kind == Jwk::Kind::p384 ? 48 : 66; }

}  // namespace

bool Jwt::looks_like(std::string_view token) { return token.starts_with("ey") && std::count(token.begin(), token.end(), '.') == 2; }

Result<Jwt> Jwt::parse(std::string_view token) {
    if (token.size() > longest) return refused("is longer than 16 KiB");
    const auto first = token.find('.'), last = token.rfind('.');
    if (first == std::string_view::npos || first == last || token.find('.', first + 1) != last) return refused("does not have three parts");
    const auto header = object_in(token.substr(0, first));
    auto claims = object_in(token.substr(first + 1, last - first - 1));
    auto signature = decode_base64url(token.substr(last + 1));
    if (!header || !claims || !signature || signature->empty()) return refused("is malformed");
    if (header->contains("crit")) return refused("has critical extensions, and none is understood");
    const auto* name = header->if_contains("alg");
    const auto algorithm = name && name->is_string() ? jwt_algorithm(std::string_view(name->get_string())) : std::nullopt;
    if (!algorithm) return refused("is signed by an algorithm that proves nothing here");
    Jwt jwt;
    jwt.algorithm = *algorithm;
    if (const auto* kid = header->if_contains("kid")) {
        if (!kid->is_string()) return refused("is malformed");
        jwt.kid = std::string(kid->get_string());
    }
    jwt.claims = std::move(*claims);
    jwt.signed_part = token.substr(0, last);
    jwt.signature = std::move(*signature);
    return jwt;
}

Status Jwt::check(const JwtMatch& demands, std::int64_t now) const {
    if (std::find(demands.algorithms.begin(), demands.algorithms.end(), algorithm) == demands.algorithms.end())
        return refused("is signed by an algorithm that is not accepted");
    const auto* issuer = claims.if_contains("iss");
    if (!issuer || !issuer->is_string() || issuer->get_string() != demands.issuer) return refused("has another issuer");
    const auto* audience = claims.if_contains("aud");
    const bool for_us = audience && (audience->is_string() || audience->is_array()) && holds("aud", *audience, demands.audience);
    if (!for_us) return refused("is for another audience");
    const auto leeway = demands.leeway.count();
    const auto* expires = claims.if_contains("exp");
    const auto until = expires ? date_of(*expires) : std::nullopt;
    if (!until) return refused("does not say when it expires");
    if (now >= *until + leeway) return refused("has expired");
    for (const char* name : {"nbf", "iat"}) {
        const auto* claim = claims.if_contains(name);
        if (!claim) continue;
        const auto from = date_of(*claim);
        if (!from) return refused("is malformed");
        if (now + leeway < *from) return refused("is not valid yet");
    }
    for (const auto& [name, values] : demands.claims) {
        const auto* claim = claims.if_contains(name);
        const bool found = claim && std::any_of(values.begin(), values.end(), [&](const auto& value) { return holds(name, *claim, value); });
        if (!found) return refused("lacks a claim that is demanded");
    }
    return {};
}

std::int64_t Jwt::expiry() const { return date_of(claims.at("exp")).value_or(0); }

bool Jwt::is_signed_by(const Jwk& key) const {
    if (!key.serves(algorithm)) return false;
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_PKEY_CTX* parameters = nullptr;
    if (EVP_DigestVerifyInit(context.get(), &parameters, digest_of(algorithm), nullptr, key.key.get()) != 1) return false;
    if (is_pss(algorithm) && (EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) != 1 ||
                              EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) != 1))
        return false;
    const bool curve = key.kind != Jwk::Kind::rsa && key.kind != Jwk::Kind::ed25519;
    const auto bytes = curve ? ecdsa_der(signature, number_size(key.kind)) : signature;
    const bool good = !bytes.empty() && EVP_DigestVerify(context.get(), bytes.data(), bytes.size(), reinterpret_cast<const unsigned char*>(signed_part.data()),
                                                         signed_part.size()) == 1;
    ERR_clear_error();
    return good;
}

}  // namespace bordergate
