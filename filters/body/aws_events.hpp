// AWS event streams (`application/vnd.amazon.eventstream`, aws_frames.hpp) as a transform: each frame is an event whose JSON
// is read; what a model's own stream says stands in base64 inside of it (InvokeModelWithResponseStream).
#pragma once

#include "filters/body/streamed_texts.hpp"
#include "filters/transform.hpp"

namespace bordergate {

/// A frame leaves as soon as nothing that follows can change it, as it came or with another payload and its checksums.
/// Faults: those of a frame that is not sound; place_cannot_carry for a header whose text may not go in clear.
TransformPtr make_aws_events(StreamSpec spec);

}  // namespace bordergate
