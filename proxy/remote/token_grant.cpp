#include "proxy/remote/token_grant.hpp"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <memory>
#include <vector>

#include "filters/ascii.hpp"
#include "filters/seal/base64url.hpp"

namespace bordergate {

namespace json = boost::json;

namespace {

constexpr int least_key_bits = 2048;
constexpr std::chrono::seconds assumed_lifetime{300}, longest_lifetime{24 * 3600};
constexpr std::int64_t assertion_lifetime = 300;  ///< seconds; Google allows an hour
constexpr std::size_t longest_token = 16 * 1024;

Fault unusable(const std::string& why) { return fault(Code::key_unavailable, why); }

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

/// Null if `pem` is no key, or one with a password.
Key read_key(const std::string& pem) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    const auto no_password = [](char*, int, int, void*) { return -1; };
    return {text ? PEM_read_bio_PrivateKey(text.get(), nullptr, no_password, nullptr) : nullptr, EVP_PKEY_free};
}

Result<Key> rsa_key(const std::string& pem) {
    Key key = read_key(pem);
    if (!key) return unusable("what should sign the request for a token is no private key in PEM");
    if (!EVP_PKEY_is_a(key.get(), "RSA")) return unusable("the key that should sign the request for a token is no RSA key");
    if (EVP_PKEY_get_bits(key.get()) < least_key_bits) return unusable("the RSA key that should sign the request for a token has less than 2048 bits");
    return key;
}

/// As forms write text (application/x-www-form-urlencoded).
void append_form(std::string_view text, std::string& out) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '*') out += c;
        else if (c == ' ') out += '+';
        else ((out += '%') += digits[byte >> 4]) += digits[byte & 15];
    }
}

std::string as_form(std::string_view text) {
    std::string out;
    append_form(text, out);
    return out;
}

void append_parameter(std::string_view name, std::string_view value, std::string& form) {
    if (value.empty()) return;
    form.append(form.empty() ? "" : "&").append(name) += '=';
    append_form(value, form);
}

std::string encoded(std::string_view text) {
    std::string out;
    append_base64url(bytes_of(text), out);
    return out;
}

std::string claims_of(const TokenGrant& grant, std::int64_t now) {
    std::array<std::uint8_t, 16> nonce{};
    json::object claims{{"iss", grant.issuer}, {"aud", grant.audience}, {"iat", now}, {"exp", now + assertion_lifetime}};
    if (RAND_bytes(nonce.data(), static_cast<int>(nonce.size())) == 1) {
        std::string id;
        append_base64url(nonce, id);
        claims["jti"] = id;
    }
    if (!grant.subject.empty()) claims["sub"] = grant.subject;
    if (!grant.scope.empty()) claims["scope"] = grant.scope;  // where Google reads it
    return json::serialize(claims);
}

/// The JWT that stands for us, signed with RS256 (RFC 7518, 3.3).
Result<std::string> assertion(const TokenGrant& grant, const std::string& pem, std::int64_t now) {
    const auto key = rsa_key(pem);
    if (key.has_error()) return key.error();
    json::object header{{"alg", "RS256"}, {"typ", "JWT"}};
    if (!grant.key_id.empty()) header["kid"] = grant.key_id;
    const std::string text = encoded(json::serialize(header)) + "." + encoded(claims_of(grant, now));
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    std::vector<std::uint8_t> signature(static_cast<std::size_t>(EVP_PKEY_get_size(key->get())));
    std::size_t size = signature.size();
    if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key->get()) != 1 ||
        EVP_DigestSign(context.get(), signature.data(), &size, reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1)
        return unusable("the request for a token could not be signed");
    std::string whole = text + ".";
    append_base64url({signature.data(), size}, whole);
    return whole;
}

/// The endpoint's word for what went wrong (RFC 6749, 5.2), in brackets, if it is one.
std::string error_in(const std::string& body) {
    boost::system::error_code error;
    const auto value = json::parse(body, error);
    if (error || !value.is_object()) return {};
    const auto* word = value.get_object().if_contains("error");
    if (!word || !word->is_string()) return {};
    const std::string text(std::string_view(word->get_string()));
    const bool plain = text.size() <= 40 && std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
    return plain && !text.empty() ? " (" + text + ")" : "";
}

/// `expires_in`, which some endpoints write as a string; nothing if it is no number.
std::optional<std::int64_t> seconds_in(const json::value& value) {
    if (value.is_int64()) return value.get_int64();
    if (value.is_uint64()) return longest_lifetime.count();
    if (value.is_double()) return value.get_double() >= 1 ? static_cast<std::int64_t>(std::min(value.get_double(), 1e9)) : 0;
    if (!value.is_string()) return std::nullopt;
    const std::string_view text = value.get_string();
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return seconds;
}

std::string_view text_in(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(json::string_view(name.data(), name.size()));
    return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

}  // namespace

Status check_grant(const TokenGrant& grant, const std::string& secret) {
    if (secret.empty()) return unusable("the secret of the token endpoint's client is empty");
    if (grant.kind == TokenGrant::Kind::client_credentials) return {};
    const auto key = rsa_key(secret);
    if (key.has_error()) return key.error();
    return {};
}

Result<ControlRequest> grant_request(const TokenGrant& grant, const std::string& secret, std::int64_t now) {
    ControlRequest request;
    request.url = grant.token_url;
    request.ca = grant.ca;
    request.timeout = grant.timeout;
    auto& form = request.form.emplace();
    if (grant.kind == TokenGrant::Kind::client_credentials) {
        append_parameter("grant_type", "client_credentials", form);
        append_parameter("audience", grant.audience, form);
        request.user = as_form(grant.client_id);  // RFC 6749, 2.3.1
        request.password = as_form(secret);
    } else {
        const auto signed_claims = assertion(grant, secret, now);
        if (signed_claims.has_error()) return signed_claims.error();
        append_parameter("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", form);
        append_parameter("assertion", *signed_claims, form);
    }
    append_parameter("scope", grant.scope, form);
    return request;
}

Result<GrantedToken> read_grant(const ControlAnswer& answer) {
    if (answer.status != 200) return unusable("the token endpoint answered with status " + std::to_string(answer.status) + error_in(answer.body));
    boost::system::error_code error;
    const auto value = json::parse(answer.body, error);
    if (error || !value.is_object()) return unusable("the token endpoint answered with no JSON object");
    const auto& object = value.get_object();
    const auto token = text_in(object, "access_token");
    const bool sound = !token.empty() && token.size() <= longest_token && std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 0x7f; });
    if (!sound) return unusable("the token endpoint gave no token that a request can carry");
    if (lower(text_in(object, "token_type")) != "bearer") return unusable("the token endpoint gave a token that is no bearer token");
    GrantedToken granted{"Bearer " + std::string(token), assumed_lifetime};
    if (const auto* lifetime = object.if_contains("expires_in"); lifetime && !lifetime->is_null()) {
        const auto seconds = seconds_in(*lifetime);
        if (!seconds || *seconds <= 0) return unusable("the token endpoint gave a token that has expired, or does not say when it will");
        granted.lifetime = std::chrono::seconds(std::min<std::int64_t>(*seconds, longest_lifetime.count()));
    }
    return granted;
}

}  // namespace bordergate
