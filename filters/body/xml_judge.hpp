// A second reading of an XML document: libexpat reads the same bytes as our own reader, judges whether they are well-formed,
// and what it makes of them must be what our reader makes of them. A document that two readers could read differently does not
// cross: what a recogniser saw is what a receiver will read.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "filters/fault.hpp"

namespace bordergate {

class XmlJudge {
  public:
    /// What both readers say of a document, besides its text: each begins with one of these, which no document can hold.
    enum class Said : char { element = 1, attribute, value, opened, closed, comment, instruction, data };

    /// `most_bytes` bounds what the library may allocate; a document that needs more is a fault body_too_large.
    explicit XmlJudge(std::size_t most_bytes);
    ~XmlJudge();
    XmlJudge(const XmlJudge&) = delete;
    XmlJudge& operator=(const XmlJudge&) = delete;

    /// Reads the next bytes as UTF-8, whatever they declare. Fault body_invalid with position and reason, for what is not
    /// well-formed and for a document type declaration.
    Status read(std::string_view bytes);
    /// The document has ended.
    Status end();

    /// What our reader makes of the bytes.
    void say(Said what, std::string_view text);
    void say(std::string_view text);
    /// Holds both against each other; `whole`: all that was read has been said. Fault body_invalid if they differ.
    Status agree(bool whole);

  private:
    struct Reading;
    std::unique_ptr<Reading> reading_;
};

}  // namespace bordergate
