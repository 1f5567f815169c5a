// Numbers and addresses as they are typeset: in the full-width forms of Chinese and Japanese writing (U+FF01 to U+FF5E), with
// blanks that do not break or are wide or thin, with hyphens that are no ASCII. Who reads them reads a number or an address,
// so recognisers read what they stand for.
#pragma once

#include <string_view>

#include "filters/detect/encoded.hpp"

namespace bordergate {

/// Whether the character at `at` is such a form and could be part of a number or an address: a full-width digit, `＋`, `（`
/// or `＠`, or a blank or hyphen between two digits. The punctuation of prose is no reason for another reading.
bool typeset_at(std::string_view text, std::size_t at);

/// Reads `text` with all such forms as what they stand for. Linear.
void read_plain(std::string_view text, Unescaped& out);

}  // namespace bordergate
