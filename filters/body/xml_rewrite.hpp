// XML as a transform (XML 1.0, decoded to UTF-8; SOAP and all that is written in it): finds text wherever it stands, treats it, and leaves
// every other byte as it came.
#pragma once

#include <string_view>
#include <vector>

#include "filters/body/charset.hpp"
#include "filters/body/json_reader.hpp"
#include "filters/body/xml_path.hpp"
#include "filters/mask/labels.hpp"
#include "filters/transform.hpp"
#include "filters/treatment.hpp"

namespace bordergate {

/// The content type of a sealed element's content that was more than text (RFC 7515, 4.1.10: short for application/xml).
inline constexpr std::string_view sealed_xml = "xml";

struct XmlRewriteSpec {
    const Treatment* treatment = nullptr;                ///< borrowed
    const std::vector<XmlSelector>* selectors = nullptr; ///< borrowed; null: none
    const Labels* labels = nullptr;                      ///< borrowed; set where labels are to be restored
    JsonBounds bounds;
    const Charset* charset = nullptr;                    ///< borrowed; what the document was decoded from; null: UTF-8
    unsigned nesting = 0;                                ///< how many texts this document stands in
    const Place* within = nullptr;                       ///< borrowed; where the innermost of them stands
};

/// What is treated, and what becomes of it:
///  * Texts and attribute values, as what they mean: references resolved, CDATA sections and what comments and instructions
///    part read as one. Each match by itself; it is escaped for where it stands. A text that is a JSON object or array, or an XML
///    document, is treated as one, four levels deep.
///  * Names of elements and attributes, comments and instructions, as they stand. They cannot carry a seal, nor what is not
///    a name, would end the comment, or would change a prefix; the value of a namespace declaration can carry nothing. Such
///    a find is refused (place_cannot_carry).
///  * What is selected: as one value, of its declared classes and of all that is found or declared in it. Of an element
///    with nothing but text, and of an attribute, what it says is masked or sealed; of any other element its content as it
///    stands, in whose place a text comes. White space alone, and nothing, are left alone.
/// All other bytes leave as they came, save that a text in which a label is restored is escaped anew.
///
/// A text of hold_back raw bytes or more is treated in windows, which depend on the document alone; JSON in it is opaque, XML in
/// it text. Refused (body_too_large): a declared value, tag, comment or instruction that long, and as much of comments
/// and of what begins and ends CDATA sections within a text that has begun. Refused (body_invalid): what is not well-formed, document type declarations, other
/// versions than 1.0, an encoding that is not `charset`, elements nested beyond bounds.
TransformPtr make_xml_rewrite(XmlRewriteSpec spec);

}  // namespace bordergate
