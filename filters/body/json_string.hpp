// JSON strings (RFC 8259, section 7): from raw bytes between the quotes to text and back.
#pragma once

#include <string>
#include <string_view>

namespace bordergate {

/// Appends the text of `raw` and returns how many raw bytes were used: all of them, unless `raw` ends inside an
/// escape (`whole`: nothing follows, so that is a mistake the caller sees). npos: a malformed escape. A surrogate
/// without its other half becomes U+FFFD; its raw bytes stay.
std::size_t unescape_json(std::string_view raw, bool whole, std::string& text);

/// The same for the front of a string: leaves out an incomplete escape or character at its end, and returns how many
/// raw bytes were used. npos: a malformed escape, or not UTF-8.
std::size_t unescape_json_front(std::string_view raw, std::string& text);

/// True if every backslash of a whole string starts an escape.
bool well_escaped(std::string_view raw);

/// Appends `text` (valid UTF-8) escaped, without quotes.
void escape_json(std::string_view text, std::string& out);

/// Walks raw bytes and text side by side, to find which raw bytes a piece of text came from.
class RawCursor {
  public:
    explicit RawCursor(std::string_view raw) : raw_(raw) {}
    /// The raw position of the text position `target`, which must not decrease between calls.
    std::size_t advance(std::size_t target);

  private:
    std::string_view raw_;
    std::size_t raw_position_ = 0;
    std::size_t text_position_ = 0;
};

}  // namespace bordergate
