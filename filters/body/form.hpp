// Forms (application/x-www-form-urlencoded, WHATWG URL, 5) as a transform: names and values are decoded and treated; what is
// replaced is encoded again, every other byte leaves as it came.
#pragma once

#include "filters/body/named_values.hpp"
#include "filters/transform.hpp"

namespace bordergate {

/// One `name=value` is held, of at most spec.bounds.hold_back bytes (body_too_large). An escape that is none, or a value
/// that is not UTF-8, is refused (body_invalid).
TransformPtr make_form(const NamedValuesSpec& spec);

}  // namespace bordergate
