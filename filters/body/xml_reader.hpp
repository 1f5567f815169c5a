// A strict streaming reader of XML 1.0, decoded to UTF-8, without document type declarations: it knows the grammar's tokens and where
// it stands, hands them to its hooks as they are written, and lets no hook see one that XmlJudge has not found well-formed
// and read alike.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "filters/body/charset.hpp"
#include "filters/body/json_reader.hpp"
#include "filters/body/xml_judge.hpp"
#include "filters/body/xml_text.hpp"

namespace bordergate {

/// An attribute as its tag has it.
struct XmlAttribute {
    std::string_view name;
    std::string_view value;  ///< raw, without its quotes
    char quote = '"';
};

/// A start tag; views into `raw`.
struct XmlTag {
    std::string_view raw;
    std::string_view name;
    std::span<const XmlAttribute> attributes;
    bool empty = false;  ///< it is its end tag, too
};

/// Calls `literal(raw)` and `reference(raw, meant)` for the parts of an attribute's raw value: what stands as it means, and what
/// means something else (references; white space, which means a space: 3.3.3). False if a reference is none.
template <class Literal, class Reference>
bool read_attribute_value(std::string_view raw, Literal&& literal, Reference&& reference) {
    std::string meant;
    for (std::size_t at = 0, length = 1; at < raw.size(); at += length) {
        length = std::min(raw.find_first_of("&\t\n\r", at), raw.size()) - at;
        if (length > 0) {
            literal(raw.substr(at, length));
            continue;
        }
        meant = " ";
        length = raw.substr(at, 2) == "\r\n" ? 2 : 1;
        if (raw[at] == '&') {
            length = std::min(raw.find(';', at), raw.size() - 1) - at + 1;
            meant.clear();
            if (length > longest_xml_reference || !decode_xml_reference(raw.substr(at, length), meant)) return false;
        }
        reference(raw.substr(at, length), std::string_view(meant));
    }
    return true;
}

/// By itself a validator: the default hooks do nothing. After a fault it must not be fed again. Bounds are those of JSON: a tag,
/// comment or instruction has at most hold_back bytes, a tag JsonKeys::most_keys attributes, elements nest as deep as objects.
class XmlReader {
  public:
    /// `charset` (null: UTF-8): what the document was decoded from. Readers that are not told, or do not heed it, go by what the
    /// document says, so that must be the same: an encoding that is declared names it, and without one all is ASCII, if
    /// `charset` is not one that XML readers tell by themselves (UTF-8, UTF-16: Appendix F).
    explicit XmlReader(JsonBounds bounds, const Charset* charset = nullptr);
    virtual ~XmlReader() = default;

    /// Fault body_invalid with the byte's position and the reason; body_too_large for a token beyond the bounds.
    Status read(std::string_view in);
    Status end();

  protected:
    // Hooks say whether to go on; one that does not has said why by fail(). Each byte of the document goes to one of them.

    /// White space outside of the root, the byte order mark, the XML declaration.
    virtual bool outside(std::string_view) { return true; }
    virtual bool comment(std::string_view) { return true; }
    virtual bool instruction(std::string_view) { return true; }
    /// names() ends with the element.
    virtual bool open(const XmlTag&) { return true; }
    /// names() still does; of an empty-element tag `raw` is empty.
    virtual bool close(std::string_view) { return true; }
    /// `<![CDATA[` or `]]>`.
    virtual bool section(std::string_view) { return true; }
    /// Text that stands as it means, in pieces that depend on reads; at most room() bytes, but for what had to be held.
    virtual bool characters(std::string_view) { return true; }
    virtual std::size_t room() const { return std::numeric_limits<std::size_t>::max(); }
    /// Of text: a reference, or an end of line that means another.
    virtual bool reference(std::string_view, std::string_view) { return true; }

    /// The elements that are open, from the root, with their prefixes.
    std::span<const std::string> names() const { return {names_.data(), depth_}; }
    /// Whether a part of the text is read that stands in a CDATA section.
    bool in_section() const { return in_section_; }
    const JsonBounds& bounds() const { return bounds_; }
    /// Ends the reading with this fault. Always false.
    bool fail(Fault why) {
        failure_ = std::move(why);
        return false;
    }
    /// The same for what is not XML: body_invalid, with the position.
    bool invalid(std::string_view why);

  private:
    enum class State : std::uint8_t { outside, text, section, line_end, reference, markup };
    enum class Markup : std::uint8_t { unknown, tag, end_tag, comment, instruction };

    bool step(std::string_view& in);
    bool read_outside(std::string_view& in);
    bool read_text(std::string_view& in);
    bool read_section(std::string_view& in);
    bool read_line_end(std::string_view& in);
    bool read_reference(std::string_view& in);
    bool read_markup(std::string_view& in);
    bool know_markup();
    bool markup_ends() const;
    bool finish_markup();
    bool begin_section();
    bool end_section();
    bool finish_tag();
    bool finish_end_tag(std::string_view name, std::string_view raw);
    bool finish_instruction();
    bool declaration();
    bool means_charset(std::string_view encoding) const;
    bool parse_attributes(std::string_view raw, std::size_t at, std::size_t end);
    bool say_tag(const XmlTag& tag);
    bool give_text(std::string_view raw);
    bool give_reference(std::string_view raw, std::string_view meant);
    bool judged(std::string_view bytes);
    bool agreed(bool whole);
    void go_on() { state_ = in_section_ ? State::section : depth_ > 0 ? State::text : State::outside; }

    const JsonBounds bounds_;
    const Charset& charset_;
    bool only_ascii_;               ///< may come: nothing in the document says what it is in
    XmlJudge judge_;
    State state_ = State::outside;
    Markup markup_ = Markup::unknown;
    bool in_section_ = false;
    char quote_ = '\0';             ///< of the attribute value that a tag is in; NUL: in none
    std::string token_;             ///< what has come of the token that is being read
    std::uint64_t position_ = 0;    ///< bytes judged
    std::vector<std::string> names_;///< the first depth_ count; the others are kept for their memory
    std::size_t depth_ = 0;
    std::vector<XmlAttribute> attributes_;
    std::string meant_;
    Fault failure_;
};

/// Whether `text` is one XML document within `bounds`.
bool is_xml_document(std::string_view text, JsonBounds bounds);

}  // namespace bordergate
