// JSON documents one after another (application/x-ndjson, JSON Lines; RFC 7464 with record separators) as a transform: each
// is treated as a JSON body is.
#pragma once

#include "filters/body/json_rewrite.hpp"
#include "filters/transform.hpp"

namespace bordergate {

/// A document ends with its line. Empty lines stay; a line that is no document is refused (body_invalid).
TransformPtr make_ndjson(const JsonRewriteSpec& spec);

}  // namespace bordergate
