// How analysers are spoken to: the JSON of Presidio's `POST /analyze` (microsoft/presidio, docs/api-docs). Without I/O.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "filters/detect/analyses.hpp"

namespace bordergate {

/// The body of the request: `text` is a list of texts, or one string where the analyser takes no lists; with the language,
/// the entities and the threshold of its settings.
std::string analyser_request(const AnalyserQuestion& question);

/// What a body with status 200 says of each piece, in bytes of it; what lies below the threshold does not count. Entities
/// live as the settings do. Fault analyser_failed, without a word of the texts, unless it is a list (of a list for each
/// piece, where a list was sent) of `{"entity_type", "start", "end", "score"}` with an entity that was asked for, a span in
/// code points that lies inside the text and is not empty, and a score from 0 to 1. Other members mean nothing.
Result<std::vector<std::vector<Finding>>> read_analysis(const AnalyserQuestion& question, std::string_view body);

}  // namespace bordergate
