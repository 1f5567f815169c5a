// Where a text that is still coming can be cut at once: between plain words of prose that no value can span and no value
// before depends on. It lets a streamed answer that is looked at go on nearly word by word.
#pragma once

#include <cstddef>
#include <string_view>

namespace bordergate {

/// So many bytes before a cut are plain words: what announces or confirms a value stands nearer to it.
inline constexpr std::size_t quiet_bytes = 128;

/// The last place of `text` beyond `from` where it is quiet: before a blank between two whole words of letters, with nothing
/// but such words and the punctuation of sentences from the last cut `from`, or for quiet_bytes, up to it. `from` if there is
/// none. Letters are those of the Latin, Greek and Cyrillic scripts; of other scripts nothing is quiet.
std::size_t quiet_cut(std::string_view text, std::size_t from);

}  // namespace bordergate
