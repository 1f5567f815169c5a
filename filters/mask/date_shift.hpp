// date_shift and time_part: dates moved by days that a key chooses for each subject, or of which one part is left.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/mask_spec.hpp"
#include "filters/fault.hpp"

namespace bordergate {

/// By how many days the dates of `subject` are moved: from 1 to `most` back or ahead, never 0.
std::int64_t shift_of(const std::array<std::uint8_t, 64>& key, std::uint32_t most, std::string_view subject);

/// Appends the date `value` moved by `days`, written as it was (see WrittenDate). Fault mask_unfit, and nothing
/// appended, for what is no date that we can read, or leaves the range of those that it could be.
Status date_shift(const MaskParameters& how, std::int64_t days, std::string_view value, std::string& out);

/// Appends one part of the date `value` as a number without leading zeros: the year, the month or day from 1, the day of
/// the week from Monday as 1, the week as ISO 8601 counts, the hour from 0. Fault mask_unfit, and nothing appended,
/// for what is no date that we can read, or does not say that part.
Status time_part(const MaskParameters& how, std::string_view value, std::string& out);

}  // namespace bordergate
