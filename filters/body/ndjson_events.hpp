// Lines of JSON that are the events of a stream (Ollama): like ndjson.hpp, but texts that come over many lines are treated as
// the whole that they are (streamed_texts.hpp).
#pragma once

#include "filters/body/streamed_texts.hpp"
#include "filters/transform.hpp"

namespace bordergate {

/// A line leaves as soon as nothing that follows can change it, and byte for byte as it came if nothing did.
/// Fault upstream_invalid for a line longer than the spec says for events.
TransformPtr make_ndjson_events(StreamSpec spec);

}  // namespace bordergate
