// The texts of a document and where each stands, for those who look and change nothing. Streaming: bytes in, texts out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "filters/fault.hpp"

namespace bordergate {

enum class DocumentKind : std::uint8_t { text, json, ndjson, csv };

/// One text of a document. Borrowed while it is visited.
struct DocumentText {
    std::string_view text;       ///< decoded, UTF-8; of plain text a line
    std::string_view name;       ///< of the field: an object key, a column
    std::string_view place;      ///< JSON Pointer, or `column name`; empty for plain text
    std::uint64_t line = 1;      ///< on which it begins, or the document of it does
};

class DocumentTexts {
  public:
    using Visit = std::function<void(const DocumentText&)>;
    virtual ~DocumentTexts() = default;
    /// Visits what is whole. Fault body_invalid with the reason where the document is none of its kind.
    virtual Status feed(std::string_view in) = 0;
    virtual Status finish() = 0;

    /// A text of more than `longest` bytes is cut (plain text, CSV) or a fault body_too_large (JSON).
    static std::unique_ptr<DocumentTexts> make(DocumentKind kind, Visit visit, std::size_t longest = std::size_t{16} << 20);
};

}  // namespace bordergate
