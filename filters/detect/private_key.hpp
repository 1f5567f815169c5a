// Private keys in the textual encodings of RFC 7468 and OpenPGP (RFC 9580, 6.2).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace bordergate {

/// The first private key in `text` from `from` on: from its line `-----BEGIN … PRIVATE KEY-----` through its line
/// `-----END …`, or through the last character of base64 where that line is not there. Nothing if there is none; a line
/// without a key behind it is none. Linear in the text when called again from the end of what it found.
std::optional<std::pair<std::size_t, std::size_t>> find_private_key(std::string_view text, std::size_t from);

}  // namespace bordergate
