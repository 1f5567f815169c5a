// One string value of a structured body that is not JSON itself: treated as the JSON filter treats its strings.
#pragma once

#include <string>
#include <string_view>

#include "filters/body/json_reader.hpp"
#include "filters/body/text_rewrite.hpp"
#include "filters/mask/labels.hpp"
#include "filters/treatment.hpp"

namespace bordergate {

/// Borrowed for the call.
struct TextValue {
    const Treatment* treatment = nullptr;
    const Labels* labels = nullptr;  ///< set where labels are to be restored
    JsonBounds bounds;               ///< of JSON in the string
};

/// Treats `text` (valid UTF-8), a value as a whole: a sealed value is opened where that is lawful, a JSON object or
/// array is treated as a document, anything else match by match, or as one if it has `declared` classes; then labels are
/// restored. True if `out`, which is overwritten then, shall stand in its place.
Result<bool> rewrite_value(std::string_view text, const Place& place, ClassSet declared, const TextValue& how, std::string& out);

}  // namespace bordergate
