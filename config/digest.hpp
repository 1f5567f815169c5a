// SHA-256, for naming a configuration in records.
#pragma once

#include <string>
#include <string_view>

namespace bordergate {

/// SHA-256 of `text` as 64 lower-case hex digits.
std::string sha256_hex(std::string_view text);

}  // namespace bordergate
