// UTF-8 (RFC 3629): shortest forms only, no surrogates, nothing beyond U+10FFFF.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bordergate {

/// Whether the byte goes on with a character that one before it began.
constexpr bool continues_utf8(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

/// Length of the valid sequence that starts `text` (not empty), 0 if there is none.
std::size_t utf8_sequence(std::string_view text);

/// Position of the first byte that is not part of a valid sequence, or npos.
std::size_t find_invalid_utf8(std::string_view text);

/// How many bytes at the end of `text` could be the start of a sequence that more bytes complete (0 to 3).
std::size_t incomplete_utf8_tail(std::string_view text);

void append_utf8(std::uint32_t code_point, std::string& out);

}  // namespace bordergate
