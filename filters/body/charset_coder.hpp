// A charset to UTF-8 and back, piece by piece, without I/O. The library that knows charsets (iconv) stands behind this; what it
// makes is converted back and compared, so that nothing changes or vanishes on the way.
#pragma once

#include "filters/body/charset.hpp"
#include "filters/body/coder.hpp"

namespace bordergate {

/// False if this machine's library lacks the charset.
bool is_readable(const Charset& charset);

/// From `charset` to UTF-8. Fault body_invalid at a character that is none in it, or that would not come back as it was; what
/// stands before it was given. `charset` is none that needs_mark().
std::unique_ptr<Coder> make_charset_decoder(const Charset& charset);

/// From UTF-8 to `charset`. Fault place_cannot_carry at a character that it does not have.
std::unique_ptr<Coder> make_charset_encoder(const Charset& charset);

/// All of `in` through one of them.
Result<std::string> coded_whole(Coder& coder, std::string_view in);

}  // namespace bordergate
