// Server-sent events (WHATWG HTML, 9.2) as a transform: each event is read, its pieces of text are treated as parts of the
// whole texts that they are of (streamed_texts.hpp), the rest by itself.
#pragma once

#include "filters/body/streamed_texts.hpp"
#include "filters/transform.hpp"

namespace bordergate {

/// An event leaves as soon as nothing that follows can change it, and byte for byte as it came if nothing did.
/// Faults: upstream_invalid for an event longer than the spec says; place_cannot_carry for a comment, id or name of an event
/// that may not come in clear.
TransformPtr make_sse(StreamSpec spec);

}  // namespace bordergate
