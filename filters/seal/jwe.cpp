#include "filters/seal/jwe.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <boost/json.hpp>
#include <algorithm>
#include <memory>

#include "filters/seal/base64url.hpp"
#include "filters/seal/key_wrap.hpp"

namespace bordergate {

namespace {

namespace json = boost::json;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

constexpr std::size_t iv_size = 12, tag_size = 16;

Fault unopenable(const char* why) { return fault(Code::key_unavailable, why); }

std::string_view algorithm_name(SealKey::Algorithm algorithm) { return algorithm == SealKey::Algorithm::a256kw ? "A256KW" : "ECDH-ES+A256KW"; }

std::string base64url(std::span<const std::uint8_t> bytes) {
    std::string text;
    append_base64url(bytes, text);
    return text;
}

std::string header_of(const SealKey& key, const SealContext& context, const WrappedKey& wrapped) {
    json::object bound{{"v", 1}, {"jur", context.jurisdiction}, {"ten", context.tenant}, {"cls", context.data}};
    if (!context.contract.empty()) bound["con"] = context.contract;
    bound["pol"] = context.policy_digest;
    json::object header{{"alg", algorithm_name(key.algorithm)}, {"enc", "A256GCM"}, {"kid", key.kid}};
    if (!context.content_type.empty()) header["cty"] = context.content_type;
    header["bg"] = std::move(bound);
    if (!wrapped.ephemeral.empty()) {
        const auto point = std::span(wrapped.ephemeral);
        header["epk"] = json::object{{"kty", "EC"}, {"crv", "P-256"}, {"x", base64url(point.subspan(1, 32))}, {"y", base64url(point.subspan(33, 32))}};
    }
    return json::serialize(header);
}

/// AES-256-GCM over `in` with the encoded header as additional data.
bool gcm(const ContentKey& key, std::span<const std::uint8_t> iv, std::string_view header, std::span<const std::uint8_t> in, std::uint8_t* out,
         std::uint8_t* tag, bool encrypt) {
    const CipherContext cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    int size = 0;
    if (EVP_CipherInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.data(), iv.data(), encrypt ? 1 : 0) != 1) return false;
    if (EVP_CipherUpdate(cipher.get(), nullptr, &size, reinterpret_cast<const unsigned char*>(header.data()), static_cast<int>(header.size())) != 1) return false;
    if (EVP_CipherUpdate(cipher.get(), out, &size, in.data(), static_cast<int>(in.size())) != 1) return false;
    if (!encrypt && EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, tag_size, tag) != 1) return false;
    int rest = 0;
    if (EVP_CipherFinal_ex(cipher.get(), out + size, &rest) != 1) return false;
    return !encrypt || EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, tag_size, tag) == 1;
}

struct Parts {
    std::string_view encoded_header;
    json::object header;
    std::vector<std::uint8_t> key, iv, ciphertext, tag;
};

std::optional<json::object> parse_header(std::string_view encoded) {
    const auto bytes = decode_base64url(encoded);
    if (!bytes) return std::nullopt;
    boost::system::error_code error;
    auto parsed = json::parse(json::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size()), error);
    if (error || !parsed.is_object()) return std::nullopt;
    return std::move(parsed.get_object());
}

std::optional<Parts> split(std::string_view token) {
    std::array<std::string_view, 5> pieces;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const auto dot = token.find('.');
        if ((dot == std::string_view::npos) != (i == 4)) return std::nullopt;
        pieces[i] = token.substr(0, dot);
        token.remove_prefix(i == 4 ? token.size() : dot + 1);
    }
    auto header = parse_header(pieces[0]);
    auto key = decode_base64url(pieces[1]), iv = decode_base64url(pieces[2]), text = decode_base64url(pieces[3]), tag = decode_base64url(pieces[4]);
    if (!header || !key || !iv || !text || !tag || iv->size() != iv_size || tag->size() != tag_size) return std::nullopt;
    return Parts{pieces[0], std::move(*header), std::move(*key), std::move(*iv), std::move(*text), std::move(*tag)};
}

std::string text_of(const json::object& object, const char* name) {
    const auto* value = object.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::optional<SealedClaims> claims_in(const json::object& header) {
    const auto* bound = header.if_contains("bg");
    if (!bound || !bound->is_object() || text_of(header, "enc") != "A256GCM") return std::nullopt;
    // Compression before encryption leaks lengths, and an extension we do not know may change the meaning.
    if (header.if_contains("zip") || header.if_contains("crit")) return std::nullopt;
    const auto& context = bound->get_object();
    const auto* version = context.if_contains("v");
    if (!version || !version->is_int64() || version->get_int64() != 1) return std::nullopt;
    return SealedClaims{text_of(header, "kid"), {text_of(context, "jur"), text_of(context, "ten"), text_of(context, "cls"), text_of(context, "con"), text_of(context, "pol"), text_of(header, "cty")}};
}

std::vector<std::uint8_t> ephemeral_point(const json::object& header) {
    std::vector<std::uint8_t> point;
    const auto* jwk = header.if_contains("epk");
    if (!jwk || !jwk->is_object() || text_of(jwk->get_object(), "crv") != "P-256") return point;
    const auto x = decode_base64url(text_of(jwk->get_object(), "x")), y = decode_base64url(text_of(jwk->get_object(), "y"));
    if (!x || !y || x->size() != 32 || y->size() != 32) return point;
    point.push_back(4);
    point.insert(point.end(), x->begin(), x->end());
    point.insert(point.end(), y->begin(), y->end());
    return point;
}

}  // namespace

Status seal_jwe(const KeyRing& ring, const SealContext& context, std::string_view plaintext, std::string& out) {
    const SealKey* key = ring.sealing();
    if (!key) return fault(Code::key_unavailable, "the key ring of " + ring.jurisdiction() + " has no key that seals");
    ContentKey content_key;
    std::array<std::uint8_t, iv_size> iv;
    if (RAND_priv_bytes(content_key.data(), content_key.size()) != 1 || RAND_bytes(iv.data(), iv.size()) != 1) return unopenable("there is no randomness");
    const auto wrapped = wrap_key(*key, content_key);
    std::string header;
    std::vector<std::uint8_t> ciphertext(plaintext.size() + 1);
    std::array<std::uint8_t, tag_size> tag;
    bool done = wrapped.has_value();
    if (done) {
        header = base64url(bytes_of(header_of(*key, context, *wrapped)));
        done = gcm(content_key, iv, header, bytes_of(plaintext), ciphertext.data(), tag.data(), true);
    }
    OPENSSL_cleanse(content_key.data(), content_key.size());
    if (wrapped.has_error()) return wrapped.error();
    if (!done) return unopenable("sealing failed");
    ciphertext.resize(plaintext.size());
    out.append(header);
    for (auto part : {std::span<const std::uint8_t>(wrapped->bytes), std::span<const std::uint8_t>(iv), std::span<const std::uint8_t>(ciphertext), std::span<const std::uint8_t>(tag)}) {
        out += '.';
        append_base64url(part, out);
    }
    return {};
}

Status open_jwe(const KeyRing& ring, const SealContext& expected, std::string_view token, std::string& out) {
    auto parts = split(token);
    if (!parts) return unopenable("this is not a sealed value");
    const auto claims = claims_in(parts->header);
    if (!claims) return unopenable("this value was not sealed by a Bordergate");
    const auto& context = claims->context;
    if (context.jurisdiction != expected.jurisdiction || context.tenant != expected.tenant || context.data != expected.data || context.contract != expected.contract)
        return unopenable("the value is sealed for another jurisdiction, tenant, class or contract");
    const SealKey* key = ring.find(claims->kid);
    if (!key || text_of(parts->header, "alg") != algorithm_name(key->algorithm)) return unopenable("the key that sealed this value is not in the ring");
    auto content_key = unwrap_key(*key, parts->key, ephemeral_point(parts->header));
    if (content_key.has_error()) return content_key.error();
    std::string plain(parts->ciphertext.size() + 1, '\0');
    const bool done = gcm(*content_key, parts->iv, parts->encoded_header, parts->ciphertext, reinterpret_cast<std::uint8_t*>(plain.data()), parts->tag.data(), false);
    OPENSSL_cleanse(content_key->data(), content_key->size());
    if (!done) return unopenable("the sealed value is damaged");
    out.append(plain, 0, parts->ciphertext.size());
    OPENSSL_cleanse(plain.data(), plain.size());
    return {};
}

Result<SealedClaims> claims_of(std::string_view token) {
    const auto header = parse_header(token.substr(0, token.find('.')));
    auto claims = header ? claims_in(*header) : std::nullopt;
    if (!claims) return unopenable("this value was not sealed by a Bordergate");
    return std::move(*claims);
}

bool looks_sealed(std::string_view text) {
    if (!text.starts_with("eyJ") || std::count(text.begin(), text.end(), '.') != 4) return false;
    return claims_of(text).has_value();
}

}  // namespace bordergate
