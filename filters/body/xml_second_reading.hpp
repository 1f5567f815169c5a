// The second reading of a text of an XML document: what it quotes may be markup itself (a comment that was an element, HTML in
// a section), though nobody reads it as such here. References in it are resolved once more before recognisers see it; what
// they find gives way as it stands.
#pragma once

#include <string_view>
#include <vector>

#include "filters/body/text_rewrite.hpp"
#include "filters/treatment.hpp"

namespace bordergate {

/// Treats `text` as treat_text does, its references resolved. Replacements are of `text` as it stands.
Result<std::size_t> treat_quoted(std::string_view text, const Place& place, const Treatment& treatment, std::vector<Replacement>& replacements);

/// The same of a window, as treat_window does. Does not cut within a reference. A window that has so few characters besides its
/// references that a value could be longer than what is looked back at is opaque (refuse_class, unless that goes in clear).
Result<std::size_t> treat_quoted_window(std::string_view text, std::size_t from, bool last, const Place& place, const Treatment& treatment,
                                        std::vector<Replacement>& replacements, std::size_t& cut);

/// The end of text[0, cut) that recognisers may look back at from the next such window.
std::string_view quoted_context(std::string_view text, std::size_t cut);

/// The classes of what is found in `text`, its references resolved. `name`: of what it is the value of. The fault of a text that
/// an analyser did not answer for.
Result<ClassSet> quoted_classes(std::string_view text, std::string_view name, const Treatment& treatment);

}  // namespace bordergate
