// How requests to a destination are signed in place of the client's own credential. Values only; who signs are
// filters/sign/ and proxy/remote/.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "config/secret_ref.hpp"

namespace bordergate {

/// AWS Signature Version 4.
struct Sigv4Signing {
    std::string region;
    std::string service = "bedrock";  ///< as the signature names it
    SecretRef access_key, secret_key;
    std::optional<SecretRef> session_token;  ///< of temporary keys
};

/// An access token that a token endpoint gives for a credential of ours (OAuth 2.0).
struct TokenGrant {
    enum class Kind : std::uint8_t {
        client_credentials,  ///< RFC 6749, 4.4; the client shows its secret by HTTP Basic
        jwt_bearer,          ///< RFC 7523, 2.1: a JWT that we sign (RS256)
    };
    Kind kind = Kind::client_credentials;
    std::string token_url;                     ///< https
    std::optional<std::filesystem::path> ca;   ///< of its host; none: the system's store
    std::string client_id;                     ///< of client_credentials
    std::string issuer, subject, key_id;       ///< of the JWT; an empty subject or key id is left out
    SecretRef secret;                          ///< the client's secret, or the key in PEM that signs
    std::string scope;                         ///< words with a space between; empty: not asked for
    std::string audience;                      ///< of the token, or of the JWT (then never empty)
    std::chrono::milliseconds timeout{5'000};  ///< of one request to the endpoint
    bool operator==(const TokenGrant&) const = default;
};

/// Exactly one of them.
struct Signing {
    std::optional<Sigv4Signing> sigv4;
    std::optional<TokenGrant> grant;

    /// The region that a signature names, and with it where the request is handled; empty if it names none.
    std::string_view region() const { return sigv4 ? std::string_view(sigv4->region) : std::string_view(); }
    /// What is signed is the hash of the whole body: it must be there before the head can go.
    bool needs_whole_body() const { return sigv4.has_value(); }
};

/// True if `host` is an endpoint of Bedrock, whose requests are signed by the caller.
bool is_bedrock_host(std::string_view host);
/// The region in the name of an endpoint of Bedrock (`bedrock-runtime.eu-central-1.amazonaws.com`); empty if it names none.
std::string_view bedrock_region(std::string_view host);
/// True if `region` looks like one of AWS: `eu-central-1`, `us-gov-west-1`.
bool is_aws_region(std::string_view region);

}  // namespace bordergate
