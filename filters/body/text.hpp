// Plain text (UTF-8) as a transform.
#pragma once

#include "filters/mask/labels.hpp"
#include "filters/transform.hpp"
#include "filters/treatment.hpp"

namespace bordergate {

/// Treats text in windows of `hold_back` bytes, cut where no match can straddle. `labels` null: nothing is restored.
/// Fault body_invalid for what is not UTF-8. Both pointers are borrowed.
/// `context`: what was given out before; it is only looked back at. `at_once`: what is certain goes on at every feed (quiet_text.hpp), where no phrase that the operator lists can span it.
TransformPtr make_text(const Treatment& treatment, const Labels* labels, std::size_t hold_back, bool at_once = false,
                       std::string_view context = {});

}  // namespace bordergate
