// What recognisers find in a text as it stands, and in what stands encoded in it.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "filters/detect/analyses.hpp"
#include "filters/detect/overlaps.hpp"
#include "filters/detect/scanner.hpp"

namespace bordergate {

/// The entity of what cannot be inspected because of how it is encoded.
inline constexpr std::string_view encoded_entity = "ENCODED";

/// How many encodings one inside the other are resolved.
inline constexpr unsigned deepest_encoding = 3;

/// Appends what `scanner` finds in `text`, and in its escapes and encoded runs down to deepest_encoding (design,
/// section 3, law 4). Findings are in order and do not overlap: what overlaps is joined (overlaps.hpp), so that a finding may
/// be longer than Scanner::reach; an encoded run in which something is found is one finding of all classes in it; one that
/// cannot be inspected, or stands deeper, is `opaque`. `name`: of the field that the text is the value of; empty if it has
/// none. `harmless`: classes that may go in clear where the text goes. `analyses`: asked of each of these readings too; null:
/// nobody else is asked.
void deep_scan(const Scanner& scanner, std::string_view text, std::vector<Finding>& findings, std::string_view name = {}, ClassSet harmless = {},
               Analyses* analyses = nullptr);

/// The same for a report of what recognisers see: of matches that overlap only the best is told (Scanner::scan), where it
/// stands itself.
void deep_matches(const Scanner& scanner, std::string_view text, std::vector<Finding>& findings, std::string_view name = {});

}  // namespace bordergate
