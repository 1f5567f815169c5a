// Identifiers: numbers and codes of a fixed shape, such as those that states give to people. All shapes are looked at
// together: the word at which a digit stands says, by its length and kind, which few of them could begin there.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "filters/detect/pattern.hpp"

namespace bordergate {

class Identifiers {
  public:
    /// False if a match of `pattern` need not have a digit from which look() comes to its beginning: it then needs another way.
    bool add(const Pattern& pattern);
    bool empty() const { return patterns_.empty(); }

    /// Looks at the word around the digit at `digit`, and at a short word before it. `from`: no word that begins before it
    /// is looked at again. Appends what counts; returns the end of the word.
    std::size_t look(std::string_view text, std::size_t digit, std::size_t from, Surroundings& surroundings, std::vector<Sighting>& sightings) const;

  private:
    enum Kind : unsigned { digits, letters, mixed, kinds };
    static constexpr std::size_t longest_word = 48;
    static constexpr std::string_view separators = " -./";
    /// Those whose first word has one length and kind, by what follows it: nothing, or a separator.
    struct Bucket {
        std::vector<std::uint16_t> whole;
        std::array<std::vector<std::uint16_t>, separators.size() + 1> followed;  // the last: by another character
    };

    void index(std::uint16_t pattern);
    void look_at(std::string_view text, std::size_t begin, std::size_t end, Kind kind, Surroundings& surroundings, std::vector<Sighting>& sightings) const;

    std::vector<Pattern> patterns_;
    std::array<std::array<Bucket, longest_word + 1>, kinds> buckets_;
};

}  // namespace bordergate
