// Deterministic tokens (crypto_deterministic): what stands for a value until its own source has it opened, in whatever
// later exchange it comes home. A token authenticates itself, so nothing needs to be stored.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "filters/fault.hpp"

namespace bordergate {

/// Whose a token is. Each part is an authenticated component (RFC 5297, section 5): it opens in the same context only.
struct TokenContext {
    std::string_view jurisdiction, tenant, source, destination;
};

/// What stands in a token, encrypted. The value is erased when this goes.
struct TokenContent {
    std::string entity;
    std::string classes;  ///< names, joined by commas: what opening it is judged by
    std::string value;
    TokenContent() = default;
    TokenContent(TokenContent&&) = default;
    TokenContent& operator=(TokenContent&&) = default;
    ~TokenContent();
};

/// What keys of tokens are derived for (KeyRing::derive), per tenant.
inline constexpr std::string_view token_key_use = "siv";

/// What every token begins with, in either case.
inline constexpr std::string_view token_version = "BGT1_";

/// No token is longer, in bytes, so that who looks for them need not hold back more.
inline constexpr std::size_t longest_token = 8 * 1024;

/// AES-256-SIV (RFC 5297): equal contents give equal tokens in one context. Appends `BGT1_`, the jurisdiction without its
/// hyphen, `_`, and Crockford base32 of the synthetic IV and the ciphertext: one word of the grammar of labels, whose
/// case does not matter. Fault mask_unfit if it would be longer than longest_token.
Status make_token(const std::array<std::uint8_t, 64>& key, const TokenContext& context, std::string_view entity, std::string_view classes, std::string_view value, std::string& out);

/// Fault key_unavailable if it is no token, is damaged, or was made in another context.
Result<TokenContent> open_token(const std::array<std::uint8_t, 64>& key, const TokenContext& context, std::string_view token);

/// True if `word` begins as tokens do.
bool looks_like_token(std::string_view word);
/// True if `token` says that it was made under a key of `jurisdiction`.
bool made_under(std::string_view token, std::string_view jurisdiction);

/// Opens tokens for one reader. Implemented in seal/, which judges each opening.
class TokenOpener {
  public:
    virtual ~TokenOpener() = default;
    /// The value behind `token`, if the reader may have it in clear.
    virtual std::optional<std::string> open_token(std::string_view token) = 0;
};

}  // namespace bordergate
