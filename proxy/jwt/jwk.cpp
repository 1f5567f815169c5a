#include "proxy/jwt/jwk.hpp"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "filters/seal/base64url.hpp"

namespace bordergate {

namespace json = boost::json;

namespace {

using Bytes = std::vector<std::uint8_t>;
using KeyPtr = decltype(Jwk::key);

constexpr std::array algorithm_names{"ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "EdDSA"};
constexpr int least_rsa_bits = 2048;  // RFC 7518, 3.3
constexpr int most_rsa_bits = 8192;   // a bigger one only costs time
constexpr std::size_t longest_exponent = 8;
constexpr std::size_t longest_kid = 512;

struct Curve {
    std::string_view name;
    const char* group;
    std::size_t size;
    Jwk::Kind kind;
};
constexpr std::array curves{Curve{"P-256", "prime256v1", 32, Jwk::Kind::p256}, Curve{"P-384", "secp384r1", 48, Jwk::Kind::p384},
                            Curve{"P-521", "secp521r1", 66, Jwk::Kind::p521}};

std::optional<std::string_view> text_of(const json::object& jwk, std::string_view name) {
    const auto* value = jwk.if_contains(name);
    if (!value || !value->is_string()) return std::nullopt;
    return std::string_view(value->get_string());
}

std::optional<Bytes> bytes_of(const json::object& jwk, std::string_view name) {
    const auto text = text_of(jwk, name);
    return text ? decode_base64url(*text) : std::nullopt;
}

struct FreeNumber {
    void operator()(BIGNUM* number) const { BN_free(number); }
    void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
    void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); }
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
template <class T>
using Owned = std::unique_ptr<T, FreeNumber>;

/// A public key of OpenSSL's `type`, checked to be a sound one.
KeyPtr made_key(const char* type, OSSL_PARAM_BLD* builder) {
    const Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder));
    const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
        return nullptr;
    KeyPtr made(key);
    const Owned<EVP_PKEY_CTX> check(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    return check && EVP_PKEY_public_check(check.get()) == 1 ? std::move(made) : nullptr;
}

KeyPtr ec_key(const Curve& curve, const json::object& jwk) {
    const auto x = bytes_of(jwk, "x"), y = bytes_of(jwk, "y");
    if (!x || !y || x->size() != curve.size || y->size() != curve.size) return nullptr;
    Bytes point{4};  // uncompressed
    point.insert(point.end(), x->begin(), x->end());
    point.insert(point.end(), y->begin(), y->end());
    const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.group, 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
    return made_key("EC", builder.get());
}

KeyPtr rsa_key(const json::object& jwk) {
    const auto modulus = bytes_of(jwk, "n"), exponent = bytes_of(jwk, "e");
    if (!modulus || !exponent || exponent->size() > longest_exponent || modulus->size() > most_rsa_bits / 8) return nullptr;
    const Owned<BIGNUM> n(BN_bin2bn(modulus->data(), static_cast<int>(modulus->size()), nullptr));
    const Owned<BIGNUM> e(BN_bin2bn(exponent->data(), static_cast<int>(exponent->size()), nullptr));
    if (!n || !e || BN_num_bits(n.get()) < least_rsa_bits || !BN_is_odd(e.get()) || BN_is_one(e.get())) return nullptr;
    const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    return made_key("RSA", builder.get());
}

KeyPtr ed25519_key(const json::object& jwk) {
    const auto x = bytes_of(jwk, "x");
    if (!x || x->size() != 32) return nullptr;
    return KeyPtr(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, x->data(), x->size()));
}

/// False if the key says that it is for anything but verifying signatures (RFC 7517, 4.2 and 4.3).
bool verifies(const json::object& jwk) {
    if (jwk.contains("use") && text_of(jwk, "use") != "sig") return false;
    const auto* operations = jwk.if_contains("key_ops");
    if (!operations) return true;
    if (!operations->is_array()) return false;
    const auto& list = operations->get_array();
    return std::any_of(list.begin(), list.end(), [](const auto& one) { return one.is_string() && one.get_string() == "verify"; });
}

std::optional<Jwk> parse_key(const json::object& jwk) {
    // A private or shared key in a published set is no secret: nothing it verifies proves anything.
    if (!verifies(jwk) || jwk.contains("d") || jwk.contains("k")) return std::nullopt;
    Jwk made;
    if (jwk.contains("alg")) {
        const auto name = text_of(jwk, "alg");
        made.only = name ? jwt_algorithm(*name) : std::nullopt;
        if (!made.only) return std::nullopt;
    }
    if (jwk.contains("kid")) {
        const auto kid = text_of(jwk, "kid");
        if (!kid || kid->empty() || kid->size() > longest_kid) return std::nullopt;
        made.kid = *kid;
    }
    const auto type = text_of(jwk, "kty"), curve = text_of(jwk, "crv");
    if (type == "EC" && curve) {
        const auto known = std::find_if(curves.begin(), curves.end(), [&curve](const auto& one) { return one.name == *curve; });
        if (known == curves.end()) return std::nullopt;
        made.kind = known->kind;
        made.key = ec_key(*known, jwk);
    } else if (type == "RSA") {
        made.kind = Jwk::Kind::rsa;
        made.key = rsa_key(jwk);
    } else if (type == "OKP" && curve == "Ed25519") {
        made.kind = Jwk::Kind::ed25519;
        made.key = ed25519_key(jwk);
    }
    if (!made.key) return std::nullopt;
    return made;
}

}  // namespace

std::optional<JwtAlgorithm> jwt_algorithm(std::string_view name) {
    const auto found = std::find(algorithm_names.begin(), algorithm_names.end(), name);
    if (found == algorithm_names.end()) return std::nullopt;
    return static_cast<JwtAlgorithm>(found - algorithm_names.begin());
}

bool Jwk::serves(JwtAlgorithm algorithm) const {
    if (only && *only != algorithm) return false;
    switch (algorithm) {
        case JwtAlgorithm::es256: return kind == Kind::p256;
        case JwtAlgorithm::es384: return kind == Kind::p384;
        case JwtAlgorithm::es512: return kind == Kind::p521;
        case JwtAlgorithm::eddsa: return kind == Kind::ed25519;
        default: return kind == Kind::rsa;
    }
}

Result<KeySet> KeySet::parse(std::string_view text) {
    const auto invalid = [](const char* why) { return fault(Code::body_invalid, std::string("the JWK Set ") + why); };
    if (text.size() > longest) return invalid("is longer than 1 MiB");
    json::parse_options options;
    options.max_depth = 8;
    boost::system::error_code error;
    const auto whole = json::parse(json::string_view(text.data(), text.size()), error, {}, options);
    const auto* object = error ? nullptr : whole.if_object();
    const auto* keys = object ? object->if_contains("keys") : nullptr;
    if (!keys || !keys->is_array()) return invalid("is not JSON with an array of keys");
    if (keys->get_array().size() > most_keys) return invalid("has more than 256 keys");
    KeySet set;
    for (const auto& one : keys->get_array()) {
        auto key = one.is_object() ? parse_key(one.get_object()) : std::nullopt;
        if (key) set.keys_.push_back(std::move(*key));
    }
    return set;
}

std::vector<const Jwk*> KeySet::find(const std::optional<std::string>& kid, JwtAlgorithm algorithm) const {
    constexpr std::size_t most_of_a_name = 4;  // each costs a verification
    std::vector<const Jwk*> found;
    for (const auto& key : keys_)
        if (key.serves(algorithm) && (!kid || key.kid == *kid)) found.push_back(&key);
    if (found.size() > (kid ? most_of_a_name : 1)) found.clear();
    return found;
}

}  // namespace bordergate
