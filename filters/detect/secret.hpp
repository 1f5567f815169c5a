// Secrets without a form of their own: long words of letters and digits that look drawn by lot, beside a word that says
// what they are (`password: …`, `api_key=…`).
#pragma once

#include <string_view>
#include <vector>

#include "filters/detect/pattern.hpp"

namespace bordergate {

/// Appends what counts in `text` by `weight`: values of 16 to 512 characters with letters and digits, and of at least
/// 3.5 bits (Shannon) a character. Linear in the text.
void look_for_secrets(std::string_view text, const Weight& weight, Surroundings& surroundings, std::vector<Sighting>& sightings);

/// Whether `value` is such a one, wherever it stands.
bool looks_drawn(std::string_view value);

}  // namespace bordergate
