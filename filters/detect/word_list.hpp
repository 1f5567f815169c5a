// Words and names that the operator lists: matched whole, whatever their case, in one pass however many there are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "filters/detect/pattern.hpp"

namespace bordergate {

class WordList {
  public:
    /// Of a listed phrase, in bytes.
    static constexpr std::size_t longest = 256;

    /// `phrase`: one word or several. False if it holds no word, or is longer than `longest`.
    bool add(std::string_view phrase, const Weight& weight);
    bool empty() const { return phrases_.empty(); }
    /// Appends what counts in `text`, which is valid UTF-8.
    void look(std::string_view text, Surroundings& surroundings, std::vector<Sighting>& sightings) const;

  private:
    struct Phrase {
        std::vector<std::string> words;  // folded
        Weight weight;
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    std::vector<Phrase> phrases_;
    std::unordered_map<std::string, std::vector<std::uint32_t>, Hash, std::equal_to<>> by_first_;
    std::size_t longest_first_ = 0;
};

}  // namespace bordergate
