// JSON numbers compared by what they are worth, not by how they are spelt, and without rounding.
#pragma once

#include <compare>
#include <string_view>

namespace bordergate {

/// Both are well-formed JSON numbers (RFC 8259, section 6). `1e2` equals `100.0`, `-0` equals `0`, and identifiers beyond
/// 2^53 differ where doubles would not. Exponents beyond a thousand million millions count as that.
std::strong_ordering compare_numbers(std::string_view a, std::string_view b);

}  // namespace bordergate
