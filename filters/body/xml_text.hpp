// The characters, names and references of XML 1.0, and how text must be written where it stands in a document.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bordergate {

/// The length of the longest reference that is read, with `&` and `;`. XML has no bound, but leading zeros say nothing.
inline constexpr std::size_t longest_xml_reference = 16;

/// White space as XML has it (2.3, S): space, tab, line feed, carriage return.
constexpr bool is_xml_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_xml_space(std::string_view text);

/// `text` without the white space around it.
std::string_view without_xml_space(std::string_view text);

/// Appends what `raw` (from `&` to `;`) stands for: one of the five entities that need no declaration (4.6), or a character
/// by its number (4.1). False, and nothing appended, if it is neither, or a character that XML does not allow.
bool decode_xml_reference(std::string_view raw, std::string& out);

/// Whether `text` (valid UTF-8) has only characters that XML allows (2.2, Char), be it as references.
bool fits_xml(std::string_view text);

/// The part of a name behind its prefix.
constexpr std::string_view xml_local_name(std::string_view name) { return name.substr(name.find(':') + 1); }
/// Whether an attribute of that name declares a namespace.
constexpr bool declares_namespace(std::string_view name) { return name == "xmlns" || name.starts_with("xmlns:"); }

/// Where text stands, which decides how it must be written.
enum class XmlPosition : std::uint8_t { text, section, in_quotes, in_apostrophes };

/// Writes text into one place of a document so that it means what it says there and nothing else: it cannot end the
/// place, and what reads it reads the same text. Keeps what it must know of the bytes written before.
class XmlWriter {
  public:
    explicit XmlWriter(XmlPosition position) : position_(position) {}

    /// Appends `text` escaped. False, and nothing appended, if it has a character that XML does not allow.
    bool write(std::string_view text, std::string& out);
    /// Appends bytes that stood in this place of the input, where other bytes may have stood before them.
    void keep(std::string_view raw, std::string& out);
    /// The same of one reference.
    void keep_reference(std::string_view raw, std::string& out);
    /// Something else than text came between; what follows stands at `position`.
    void move_to(XmlPosition position) {
        position_ = position;
        brackets_ = 0;
    }
    XmlPosition position() const { return position_; }

  private:
    void write_special(char c, std::string& out);
    void bracket_closed(std::string& out) const;

    XmlPosition position_;
    std::size_t brackets_ = 0;  ///< how many `]` were written last: two of them and `>` would end a section
};

}  // namespace bordergate
