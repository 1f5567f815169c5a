// One text of an XML document as it was written: its characters, in references and CDATA sections too, with the comments and
// instructions that stand in their midst. It is read as what it means and leaves as it was written, but for what is replaced.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "filters/body/text_rewrite.hpp"
#include "filters/body/xml_text.hpp"
#include "filters/mask/labels.hpp"

namespace bordergate {

class XmlRun {
  public:
    explicit XmlRun(XmlPosition position = XmlPosition::text) : writer_(position) {}

    // What comes, in order:
    void literal(std::string_view raw);
    void reference(std::string_view raw, std::string_view meant);
    /// `raw` leaves as it is: a comment or an instruction.
    void markup(std::string_view raw);
    /// The same of what begins or ends a CDATA section.
    void section(std::string_view raw);

    /// What it means; the first context() bytes have been given out and are only looked back at.
    std::string_view text() const { return text_; }
    std::size_t context() const { return context_; }
    /// Bytes held of what means the text behind context(), and of markup.
    std::size_t raw_text() const { return raw_text_; }
    std::size_t raw_markup() const { return raw_.size() - raw_text_; }
    bool empty() const { return parts_.empty() && context_ == 0; }
    /// Nothing but literal text.
    bool plain() const { return parts_.size() <= 1 && raw_.size() == text_.size() - context_; }

    /// Appends to `out` what stands for the text up to `cut`, and forgets it; what recognisers may look back at stays, unless it
    /// is the `last`. `restore` (may be null) then has every byte of the text pass through it, so that references in it are written
    /// anew. What is replaced leaves at the place of its first character; markup in its midst stays. Fault
    /// place_cannot_carry for a character that XML does not allow.
    Status give(std::size_t cut, bool last, const std::vector<Replacement>& replacements, Restore* restore, std::string& out);
    /// Appends `raw`, well-formed content of an element, instead of all that is held; only of plain() text.
    void give_instead(std::string_view raw, std::string& out);
    void clear();

  private:
    enum class Kind : std::uint8_t { literal, reference, markup, section };
    struct Part {
        std::uint32_t raw;
        std::uint32_t text;
        Kind kind;
    };
    void add(Kind kind, std::string_view raw, std::string_view meant);
    bool give_part(const Part& part, std::string_view raw, std::size_t at, std::size_t end, Restore* restore, std::string& out);
    bool keep(const Part& part, std::string_view raw, std::string_view text, Restore* restore, std::string& out);
    bool write(std::string_view text, Restore* restore, std::string& out);
    bool write_rest(Restore& restore, std::string& out);

    XmlWriter writer_;
    std::string raw_, text_;
    std::vector<Part> parts_;
    std::size_t context_ = 0, raw_text_ = 0;
    // While giving:
    const std::vector<Replacement>* replacements_ = nullptr;
    std::size_t next_ = 0;  ///< of them
};

}  // namespace bordergate
