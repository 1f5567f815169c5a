// One whole text or attribute value of an XML document: what becomes of it.
#pragma once

#include <string>

#include "filters/body/xml_rewrite.hpp"
#include "filters/body/xml_run.hpp"

namespace bordergate {

/// Treats all that `run` holds, of which nothing was given out before, and appends what stands for it: a sealed value is opened
/// where that is lawful, a document (JSON, XML) treated as one, anything else match by match, or as one if it has `declared`
/// classes; then labels are restored. `content`: what was sealed as content of an element may stand there as content again.
Status treat_xml_value(XmlRun& run, bool content, ClassSet declared, const Place& place, const XmlRewriteSpec& spec, std::string& out);

/// What cannot be read to the end, too long or too deep, is opaque: the fault of that, or nothing where it goes in clear.
Status treat_uninspected(const Place& place, const Treatment& treatment);

/// Whether values of these classes go in clear.
bool goes_in_clear(const Treatment& treatment, ClassSet classes);

}  // namespace bordergate
