// Bodies of several parts (multipart/form-data, RFC 7578; multipart/mixed and related, RFC 2046) as a transform: each part is
// treated as a body of its own type, its head as text; every byte that is not replaced leaves as it came.
#pragma once

#include <string>

#include "filters/body/body_filter.hpp"
#include "filters/transform.hpp"

namespace bordergate {

/// The boundary that a content type names; empty if it names none, or one that RFC 2046 (5.1.1) does not allow.
std::string multipart_boundary(std::string_view content_type);

/// A part without a file name is a value: held, of at most hold_back bytes, and treated under its name (`$.name` declares it).
/// Other parts stream by their Content-Type; one that is itself multipart, or has a transfer encoding, is `opaque`. Refused
/// (body_invalid): text before the first part and behind the last, heads that cannot be read, a body that does not end.
TransformPtr make_multipart(std::string boundary, bool response, const BodyContext& context);

}  // namespace bordergate
