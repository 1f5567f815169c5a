// Server-sent events (WHATWG HTML, 9.2) as a transform: restores labels in the pieces of text that a stream of JSON
// events carries, however the pieces split them.
#pragma once

#include <span>

#include "filters/body/json_rewrite.hpp"
#include "filters/transform.hpp"

namespace bordergate {

struct SseSpec {
    JsonRewriteSpec event;              ///< how the rest of an event's JSON is treated; its labels are required
    std::span<const JsonPath> stream_text;  ///< borrowed; text that is joined over events, per index on the way to it
    std::size_t longest_event = 1024 * 1024;
};

/// An event without a partial label at its end leaves at once; otherwise at most that label waits for the next piece.
/// Joined text can be restored, not masked: the judgement must let every class go in clear.
TransformPtr make_sse(SseSpec spec);

}  // namespace bordergate
