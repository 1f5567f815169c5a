#include "proxy/source_index.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <optional>

#include "proxy/http/hop_by_hop.hpp"
#include "proxy/jwt/jwt.hpp"
#include "proxy/keys/secrets.hpp"
#include "proxy/net/addresses.hpp"

namespace bordergate {

namespace {

std::optional<std::array<std::uint8_t, 32>> parse_hex(std::string_view text) {
    std::array<std::uint8_t, 32> digest{};
    if (text.size() != 64) return std::nullopt;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        int value = -1;
        if (c >= '0' && c <= '9') value = c - '0';
        if (c >= 'a' && c <= 'f') value = c - 'a' + 10;
        if (c >= 'A' && c <= 'F') value = c - 'A' + 10;
        if (value < 0) return std::nullopt;
        digest[i / 2] = static_cast<std::uint8_t>(digest[i / 2] << 4 | value);
    }
    return digest;
}

/// The secret of a credential: the whole of an api key field; of the two Authorization fields the bearer token,
/// or the password of Basic (RFC 7617).
std::string secret_of(std::string_view field, std::string_view value) {
    if (!field.ends_with("authorization")) return std::string(value);
    const auto space = value.find(' ');
    if (space == std::string_view::npos) return std::string(value);
    const auto scheme = value.substr(0, space);
    const auto rest = value.substr(space + 1);
    if (!equal_fold(scheme, "basic")) return std::string(rest);
    std::string decoded(rest.size() + 3, '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(decoded.data()),
                                     reinterpret_cast<const unsigned char*>(rest.data()), static_cast<int>(rest.size()));
    if (size < 0) return {};
    std::size_t padding = 0;
    while (padding < 2 && padding < rest.size() && rest[rest.size() - 1 - padding] == '=') ++padding;
    decoded.resize(static_cast<std::size_t>(size) - padding);
    const auto colon = decoded.find(':');
    return colon == std::string::npos ? std::string{} : decoded.substr(colon + 1);
}

PresentedCredential presented_by(const Fields& fields, bool forward) {
    PresentedCredential credential;
    const auto take = [&](std::string_view name) {
        const auto value = fields.get(name);
        if (value && credential.field.empty()) credential = {std::string(name), std::string(*value)};
    };
    if (forward) {
        take("proxy-authorization");
    } else {
        for (auto name : {"authorization", "x-api-key", "api-key", "x-goog-api-key"}) take(name);
    }
    return credential;
}

using KeySources = std::vector<std::shared_ptr<KeySource>>;

/// Sources that name the same issuer's keys share them. Those that were `there` before go on, and read anew meanwhile:
/// the reload may be for another CA of the issuer's.
std::shared_ptr<KeySource> keys_of(const JwtKeys& settings, const KeySources& there, KeySources& opened) {
    const auto same = [&settings](const auto& one) { return one->settings() == settings; };
    if (const auto known = std::find_if(opened.begin(), opened.end(), same); known != opened.end()) return *known;
    if (const auto known = std::find_if(there.begin(), there.end(), same); known != there.end()) {
        (*known)->read_anew();
        return opened.emplace_back(*known);
    }
    return opened.emplace_back(KeySource::open(settings));
}

}  // namespace

/// The bearer token of one request, taken apart when the first source asks for one.
struct SourceIndex::Token {
    std::string_view text;  ///< empty: none
    Digest digest{};
    std::int64_t now = 0;
    std::optional<Result<Jwt>> parsed;
    bool unavailable = false;  ///< some key that may verify it is not there now
    std::string why;           ///< why the last source refused it
};

Result<SourceIndex> SourceIndex::make(const std::vector<Source>& sources, const SourceIndex* before) {
    static std::atomic<std::uint64_t> made{0};
    KeySources there, opened;
    if (before)
        for (const auto& entry : before->entries_)
            if (entry.issuer) there.push_back(entry.issuer);
    SourceIndex index;
    index.number_ = ++made;
    for (const auto& source : sources) {
        Entry entry{&source, false, {}, nullptr};
        if (source.match.jwt) entry.issuer = keys_of(source.match.jwt->keys, there, opened);
        std::optional<std::string> hex;
        if (source.match.api_key_sha256) {
            auto read = read_secret(*source.match.api_key_sha256);
            if (read.has_error()) return read.error();
            hex = std::move(*read);
        } else if (source.match.api_key_sha256_literal) {
            hex = *source.match.api_key_sha256_literal;
        }
        // An empty file or variable is a wrong hash: it must not turn a source with a key into one without.
        if (hex) {
            const auto digest = parse_hex(*hex);
            if (!digest) return fault(Code::internal, "the api key hash of source " + source.id + " is not 64 hex digits");
            entry.needs_key = true;
            entry.key = *digest;
        }
        index.entries_.push_back(entry);
    }
    return index;
}

bool SourceIndex::matches(const Entry& entry, const Peer& peer, const Digest* key) const {
    const auto& match = entry.source->match;
    if (entry.needs_key && (!key || CRYPTO_memcmp(key->data(), entry.key.data(), key->size()) != 0)) return false;
    if (match.spiffe_id && *match.spiffe_id != peer.identity->spiffe_id) return false;
    if (match.subject && *match.subject != peer.identity->subject) return false;
    if (match.networks.empty()) return true;
    return std::any_of(match.networks.begin(), match.networks.end(),
                       [&peer](const auto& network) { return contains(network, peer.address.address()); });
}

/// Looks the token up, or verifies it.
bool SourceIndex::shows_token(const Entry& entry, Token& token, VerifiedTokens& tokens) const {
    if (token.text.empty()) return false;
    const auto* known = tokens.find(token.digest, number_, static_cast<std::size_t>(&entry - entries_.data()));
    if (known && known->keys == entry.issuer->generation() && token.now < known->until) return true;
    const Status verified = verify(entry, token, tokens);
    if (verified.has_error()) {
        token.unavailable = token.unavailable || verified.error().code == Code::key_unavailable;
        token.why = verified.error().detail;
    }
    return verified.has_value();
}

/// Claims first: what another issuer signed costs no signature.
Status SourceIndex::verify(const Entry& entry, Token& token, VerifiedTokens& tokens) const {
    if (!token.parsed) token.parsed.emplace(Jwt::parse(token.text));
    if (token.parsed->has_error()) return token.parsed->error();
    const Jwt& jwt = **token.parsed;
    const auto& demands = *entry.source->match.jwt;
    const Status checked = jwt.check(demands, token.now);
    if (checked.has_error()) return checked;
    const auto generation = entry.issuer->generation();  // before the keys: newer keys are verified by anew
    const auto keys = entry.issuer->keys();
    if (generation == 0 || !keys) return fault(Code::key_unavailable, "the keys of the token's issuer cannot be read");
    const auto candidates = keys->find(jwt.kid, jwt.algorithm);
    if (candidates.empty() && jwt.kid && entry.issuer->miss())
        return fault(Code::key_unavailable, "the token names a key that is not known yet; the issuer's keys are being fetched");
    const bool signed_by_one = std::any_of(candidates.begin(), candidates.end(), [&jwt](const auto* key) { return jwt.is_signed_by(*key); });
    if (!signed_by_one) return fault(Code::source_unknown, "the token is signed by no key of its issuer");
    tokens.add(token.digest, {number_, static_cast<std::size_t>(&entry - entries_.data()), generation, jwt.expiry() + demands.leeway.count()});
    return {};
}

Result<const Source*> SourceIndex::identify(const Peer& peer, RequestHead& head, bool forward,
                                            PresentedCredential& presented, VerifiedTokens& tokens) const {
    presented = presented_by(head.fields, forward);
    strip_credentials(head.fields);
    Digest digest;
    const Digest* key = nullptr;
    std::string secret;
    Token token;
    if (!presented.field.empty()) {
        secret = secret_of(presented.field, presented.value);
        // An empty secret is no key, even where the hash of nothing was configured by mistake.
        if (!secret.empty()) key = &digest;
        SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), digest.data());
        if (presented.field.ends_with("authorization") && Jwt::looks_like(secret)) {
            token.text = secret;
            token.digest = digest;
            token.now = std::time(nullptr);
        }
    }
    const Source* found = nullptr;
    for (const auto& entry : entries_) {
        if (!matches(entry, peer, key) || (entry.issuer && !shows_token(entry, token, tokens))) continue;
        found = entry.source;
        // A token is for this proxy and nobody behind it (RFC 6750, 5.2).
        if (entry.issuer) presented = {};
        break;
    }
    token.parsed.reset();
    OPENSSL_cleanse(secret.data(), secret.size());
    if (found) return found;
    if (token.unavailable) return fault(Code::key_unavailable, token.why);
    return fault(Code::source_unknown, "no source matches this credential, address or certificate" + (token.why.empty() ? "" : "; " + token.why));
}

}  // namespace bordergate
