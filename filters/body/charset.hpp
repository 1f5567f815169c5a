// The charsets that bodies are read in (RFC 9110, 8.3.2): which there are, and which one a content type declares. All are
// stateless, so that what is replaced does not change how the rest reads, and all but UTF-16 have ASCII's bytes for ASCII.
#pragma once

#include <span>
#include <string_view>

#include "filters/fault.hpp"

namespace bordergate {

/// One of a table that lives as long as the process: two of them are the same charset if they have one address.
struct Charset {
    std::string_view name;    ///< as iconv knows it; ends with a NUL
    std::string_view mark;    ///< the bytes of U+FEFF at the beginning of a body; empty: it has no such character
    std::string_view labels;  ///< in lower case, blanks between them

    bool is_utf8() const { return name == "UTF-8"; }
    bool is_utf16() const { return name.starts_with("UTF-16"); }
    /// True of UTF-16 whose label does not tell the order of its bytes: only the mark does.
    bool needs_mark() const { return name == "UTF-16"; }
};

/// All there are.
std::span<const Charset> all_charsets();

/// The charset of that label (IANA's names and the usual others, in any case); null if it is none that is read.
const Charset* find_charset(std::string_view label);

/// What a Content-Type declares; UTF-8 where it declares nothing, or is empty. Fault body_invalid if it cannot be read, or
/// names a charset that is not known.
Result<const Charset*> declared_charset(std::string_view content_type);

/// What a body of a type that is UTF-8 by definition (JSON: RFC 8259, 8.1 and 11; forms: WHATWG URL, 5.1) is read in although it
/// declares `charset`, which one reader heeds and the next does not. Only what all read alike is read: UTF-8, UTF-16 that
/// begins with its mark, and of all others ASCII alone. Fault body_invalid for UTF-16 whose order only the label tells.
Result<const Charset*> agreed_charset(const Charset& charset);

}  // namespace bordergate
