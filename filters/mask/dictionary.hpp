// replace_dictionary: a word of a list stands for a value, the same for equal values.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/mask_spec.hpp"
#include "filters/fault.hpp"

namespace bordergate {

/// Appends a word that `key` chooses by entity and value; never the value itself. Several values may have one word.
/// Fault internal, and nothing appended, if there is no other word.
Status replace_dictionary(const MaskParameters& how, const std::array<std::uint8_t, 64>& key, std::string_view entity, std::string_view value, std::string& out);

}  // namespace bordergate
