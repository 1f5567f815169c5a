// A body that is text in some charset: decoded to UTF-8, treated by another transform, and encoded again, so that all that is
// not replaced leaves byte by byte as it came.
#pragma once

#include "filters/body/charset.hpp"
#include "filters/transform.hpp"

namespace bordergate {

/// Gives `inner` the text without its byte order mark, which leaves as it came. Fault body_invalid: at a character that is
/// none, at a NUL (text has none; where one stands the body is in another charset than it says), where the body begins with
/// the mark of another charset, or has none and its charset needs_mark(); and at once if this machine cannot read `charset`.
/// Fault place_cannot_carry: what replaces something has a character that the charset does not have. Of UTF-8 all but marks
/// and NULs is left to `inner`, without a copy. Holds less than one character.
Result<TransformPtr> make_in_charset(const Charset& charset, TransformPtr inner);

}  // namespace bordergate
