// The treatment of one piece of text: what every body and head filter calls for the text it finds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "filters/place.hpp"
#include "filters/treatment.hpp"

namespace bordergate {

/// Bytes [begin, end) of a text give way to `text`.
struct Replacement {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string text;
};

/// The names of `classes`, as a sealed value carries them.
std::string class_list(const Treatment& treatment, ClassSet classes);

/// The fault of a class that may not go: names the class, the deciding rule and its citation.
Fault refuse_class(const Treatment& treatment, ClassSet classes, const Place& place);

/// Finds what recognisers find in `text` and decides what becomes of it. `declared` classes bind the text as a
/// whole: it is then one value. Findings are recorded under `place`; with treatment.observe nothing is replaced and
/// nothing refused. Returns how many values had a class. `content_type`: what the text is as a whole, for a seal of all of it.
Result<std::size_t> treat_text(std::string_view text, const Place& place, ClassSet declared, const Treatment& treatment, std::vector<Replacement>& replacements,
                               std::string_view content_type = {});

/// The same for a window of a longer text, of which the first `from` bytes were given out before and are only looked
/// back at. `cut`: where the window was cut (a character boundary beyond `from`), so that no match straddles that place
/// and none before it depends on what follows; what stands beyond belongs to the next window. `last`: nothing follows.
Result<std::size_t> treat_window(std::string_view text, std::size_t from, bool last, const Place& place, const Treatment& treatment,
                                 std::vector<Replacement>& replacements, std::size_t& cut);

/// The end of text[0, cut) that recognisers may look back at from the next window; the longer, the more of it is escapes.
std::string_view window_context(std::string_view text, std::size_t cut);

/// `text` with its replacements.
std::string with_replacements(std::string_view text, const std::vector<Replacement>& replacements);

/// Treats `text` as treat_text does, and appends it with its replacements.
Status rewrite_text(std::string_view text, const Place& place, ClassSet declared, const Treatment& treatment, std::string& out);

}  // namespace bordergate
