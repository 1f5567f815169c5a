// Base64url without padding (RFC 4648, section 5), as JOSE uses it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bordergate {

void append_base64url(std::span<const std::uint8_t> bytes, std::string& out);
/// Strict: no padding, no other characters, no non-zero rest bits.
std::optional<std::vector<std::uint8_t>> decode_base64url(std::string_view text);

inline std::span<const std::uint8_t> bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace bordergate
