// JSON numbers (RFC 8259, section 6) as the digits a recogniser knows.
#pragma once

#include <string>
#include <string_view>

namespace bordergate {

/// The digits of the whole part of `token` (a well-formed JSON number), however it is written: `4.1e3` and `4100.0`
/// give `4100`. Without sign and leading zeros. Empty for zero and for fractions. An exponent appends
/// at most 64 zeros: longer numbers are nobody's.
std::string whole_number(std::string_view token);

/// Whether `text` is a JSON number that is written as a whole one: digits without a zero before them, after a minus at most.
bool is_whole_number(std::string_view text);

}  // namespace bordergate
