// fpe: a value is encrypted to another of the same format, which only the key of its jurisdiction, tenant and class opens.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/mask_spec.hpp"
#include "filters/fault.hpp"
#include "filters/mask/ff1.hpp"

namespace bordergate {

/// What an enciphered value is bound to beside its key.
struct FpeContext {
    std::string_view entity, destination;
};

/// Appends `value` enciphered or deciphered with FF1 under the first 32 bytes of `key`. Characters of the alphabet change
/// place for others of it; what is neither letter nor digit (ASCII) stays. `number`: the value is a JSON number; if it is
/// of digits alone, after a minus at most, its first digit is no zero before and after, so that no digit is lost.
/// Fault mask_unfit, and nothing appended, if there is a letter or digit outside the alphabet or what is not ASCII,
/// if the values of that format are fewer than a million (for a JSON number with its first digit from 1 to 9), if
/// it is longer than ff1::most_numerals, or if with `luhn` the last digit does not check the others.
Status fpe(const MaskParameters& how, ff1::Way way, const std::array<std::uint8_t, 64>& key, const FpeContext& context, bool number, std::string_view value,
           std::string& out);

}  // namespace bordergate
