// The mask operators (Google DLP's names) that are a label or a few lines of OpenSSL, each a function of a value; the others
// have files of their own. Keys are per jurisdiction and tenant, of reversible ones per class too.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "filters/fault.hpp"

namespace bordergate {

/// `[EMAIL_ADDRESS]`
void replace_with_info_type(std::string_view entity, std::string& out);

/// HMAC-SHA-256 of entity and value under `key`, as `h1.` and 22 characters of base64url (128 bits).
void crypto_hash(const std::array<std::uint8_t, 64>& key, std::string_view entity, std::string_view value, std::string& out);

/// 64 bits that `key` draws for a value; `use` tells apart what they are for, and has no zero byte.
std::uint64_t keyed_number(const std::array<std::uint8_t, 64>& key, std::string_view use, std::string_view value);

/// What a deterministic token is bound to; each part is an authenticated component (RFC 5297, section 5).
struct TokenContext {
    std::string_view jurisdiction, tenant, entity, destination;
    std::string_view classes = {};  ///< names, joined by commas
};

/// AES-256-SIV (RFC 5297): equal values give equal tokens, and only the same context opens one. The token is
/// `bgt1.JURISDICTION.` and base64url of the synthetic IV and the ciphertext.
Status crypto_deterministic(const std::array<std::uint8_t, 64>& key, const TokenContext& context, std::string_view value, std::string& out);

/// Opens a token; fault key_unavailable if it is damaged or bound to another context. Nothing is appended then.
Status open_token(const std::array<std::uint8_t, 64>& key, const TokenContext& context, std::string_view token, std::string& out);

}  // namespace bordergate
