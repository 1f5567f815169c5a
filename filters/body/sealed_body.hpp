// A body that is sealed as a whole: it leaves as one JWE (RFC 7516), and comes back as what it was.
#pragma once

#include <string_view>

#include "filters/transform.hpp"
#include "filters/treatment.hpp"

namespace bordergate {

/// The content type of a sealed body (RFC 7515, section 9.2.1).
inline constexpr std::string_view sealed_content_type = "application/jose";

/// Whether a body that is, as a whole, of `classes` leaves sealed.
bool seals_whole(const Treatment& treatment, ClassSet classes);

/// Holds the body (at most `limit` bytes, else body_too_large) and gives its JWE when it ends. `content_type` is what
/// the body is; it stands in the JWE as `cty`. Both are borrowed for the life of the transform.
TransformPtr make_sealed_body(const Treatment& treatment, ClassSet classes, std::string_view content_type, std::size_t limit);

}  // namespace bordergate
