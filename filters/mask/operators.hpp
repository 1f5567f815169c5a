// The mask operators (Google DLP's names) that are a label or a few lines of OpenSSL, each a function of a value; the others
// have files of their own. Keys are per jurisdiction and tenant.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace bordergate {

/// HMAC-SHA-256 of `use` (without zero bytes) and `value`.
std::array<std::uint8_t, 32> keyed_hash(std::span<const std::uint8_t> key, std::string_view use, std::string_view value);

/// `[EMAIL_ADDRESS]`
void replace_with_info_type(std::string_view entity, std::string& out);

/// HMAC-SHA-256 of entity and value under `key`, as `h1.` and 22 characters of base64url (128 bits).
void crypto_hash(const std::array<std::uint8_t, 64>& key, std::string_view entity, std::string_view value, std::string& out);

/// 64 bits that `key` draws for a value; `use` tells apart what they are for, and has no zero byte.
std::uint64_t keyed_number(const std::array<std::uint8_t, 64>& key, std::string_view use, std::string_view value);

}  // namespace bordergate
