#include "proxy/remote/signer.hpp"

#include <openssl/crypto.h>

#include <algorithm>

#include "proxy/keys/secrets.hpp"

namespace bordergate {

namespace {

/// What a header can carry, as keys and session tokens are.
bool is_visible(const std::string& text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

Status read_into(const SecretRef& from, const char* what, std::string& value) {
    auto read = read_secret(from);
    if (read.has_error()) return read.error();
    if (!is_visible(*read)) return fault(Code::internal, std::string("the ") + what + " in " + from.where + " is empty, or holds spaces or other characters that none has");
    value = std::move(*read);
    return {};
}

Result<Sigv4Keys> read_keys(const Sigv4Signing& signing) {
    Sigv4Keys keys;
    Status done = read_into(signing.access_key, "access key", keys.access_key);
    if (done.has_value()) done = read_into(signing.secret_key, "secret key", keys.secret_key);
    if (done.has_value() && signing.session_token) done = read_into(*signing.session_token, "session token", keys.session_token);
    if (done.has_error()) return done.error();
    return keys;
}

}  // namespace

Result<Signer> make_signer(const Destination& destination, const std::vector<const Signer*>& others) {
    Signer signer;
    if (!destination.sign) return signer;
    if (destination.sign->sigv4) {
        auto keys = read_keys(*destination.sign->sigv4);
        if (keys.has_error()) return keys.error();
        signer.keys = std::move(*keys);
        return signer;
    }
    const TokenGrant& grant = *destination.sign->grant;
    auto secret = read_secret(grant.secret);
    if (secret.has_error()) return secret.error();
    const Status usable = check_grant(grant, *secret);
    if (usable.has_error()) return fault(Code::internal, usable.error().detail);
    const auto same = std::find_if(others.begin(), others.end(), [&](const auto* one) { return one->tokens && one->tokens->is_of(grant, *secret); });
    signer.tokens = same == others.end() ? TokenSource::open(grant, *secret) : (*same)->tokens;
    OPENSSL_cleanse(secret->data(), secret->size());
    return signer;
}

}  // namespace bordergate
