// character_mask: characters of a value give way to one that says nothing.
#pragma once

#include <string>
#include <string_view>

#include "config/mask_spec.hpp"

namespace bordergate {

/// Appends `value` with its characters (code points) replaced by `spec.mask_character`, but for: the first and last few;
/// those of `keep`, which count for nothing else; and, with `count`, all beyond so many from the start, or from the end.
/// A value of which nothing would be replaced is replaced altogether.
void character_mask(const MaskSpec& spec, std::string_view value, std::string& out);

}  // namespace bordergate
