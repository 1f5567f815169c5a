// bucketing: a number gives way to the range that it lies in.
#pragma once

#include <string>
#include <string_view>

#include "config/mask_spec.hpp"
#include "filters/fault.hpp"

namespace bordergate {

/// Appends the range of `value`, a decimal number as in JSON (RFC 8259, section 6), which reads "30-40": from 30 on, below
/// 40; "<18" below the first bound and ">=65" from the last. `number`: it is a JSON number and stays one if its range
/// has a beginning, which then stands for it. Fault mask_unfit, and nothing appended, for what is no number, or one
/// beyond 10^15.
Status bucketing(const MaskParameters& how, bool number, std::string_view value, std::string& out);

}  // namespace bordergate
