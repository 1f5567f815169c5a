// Text in which a backslash protects the character behind it, as in quoted strings and comments of fields (RFC 9110, 5.6.4):
// as it stands it says one thing, and another to a reader who takes the backslashes away.
#pragma once

#include <string_view>

#include "filters/treatment.hpp"

namespace bordergate {

/// Looks at what `text` says without the backslashes that protect something. What is found there, and not in `text` as it
/// stands, is told to the findings and must go in clear: else a fault, that of its class where it is refused and
/// place_cannot_carry where it would have to be written anew. Linear in `text`; costs next to nothing without a backslash.
Status inspect_quoted(std::string_view text, const Place& place, const Treatment& treatment);

}  // namespace bordergate
