// Forms (application/x-www-form-urlencoded, WHATWG URL, 5) as a transform: names and values are decoded and treated; what is
// replaced is encoded again, every other byte leaves as it came.
#pragma once

#include "filters/body/charset.hpp"
#include "filters/body/named_values.hpp"
#include "filters/transform.hpp"

namespace bordergate {

/// The name under which a form may say its charset (RFC 7578, 4.6; WHATWG HTML, 4.10.22.6).
inline constexpr std::string_view charset_field = "_charset_";

/// `charset`: what names and values are in once their escapes are resolved; an agreed_charset(). One `name=value` is held, of at most
/// spec.bounds.hold_back bytes (body_too_large). Refused (body_invalid): an escape that is none, a value that is not in its
/// charset or has a NUL, a charset_field that names another charset, and at once UTF-16. Fault place_cannot_carry: `charset`
/// does not have a character of what replaces something.
Result<TransformPtr> make_form(const NamedValuesSpec& spec, const Charset& charset);

}  // namespace bordergate
