// Words and names that the operator lists: matched whole, whatever their case, in any script (config/words.hpp), in one pass
// whose length depends neither on how many there are nor on what they have in common. An automaton of Aho and Corasick over
// whole words: after each word of a text it stands at the longest beginning of a phrase that the words until there are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/words.hpp"
#include "filters/detect/pattern.hpp"

namespace bordergate {

class WordList {
  public:
    /// How long a match can be, in bytes: more than a phrase, for what may stand between its words.
    static constexpr std::size_t longest_match = 2 * longest_phrase;

    /// `phrase`: one word or several. False if it holds no word, or is longer than longest_phrase.
    bool add(std::string_view phrase, const Weight& weight);
    /// After the last add, once.
    void compile();
    bool empty() const { return ends_.empty(); }
    /// Appends what counts in `text`, which is valid UTF-8. Returns the steps that took: words looked up, moves of the
    /// automaton, and phrases met; without the last no more than three for each word of `text`.
    std::size_t look(std::string_view text, Surroundings& surroundings, std::vector<Sighting>& sightings) const;

  private:
    using Index = std::uint32_t;
    static constexpr Index none = 0xffffffff, start = 0;
    struct Node {
        Index parent = start, word = none;  ///< how it is reached
        Index shorter = start;              ///< the longest other beginning of a phrase that ends this one
        Index phrase = start;               ///< the longest of those that is a phrase; start: there is none
        Index ends = none;                  ///< the phrases that it is: into ends_
        std::uint16_t depth = 0;            ///< in words
    };
    struct End {
        Index weight = 0, next = none;
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };

    Index known_word(std::string_view text, const Word& word, std::string& folded) const;
    Index child(Index node, Index word) const;
    Index grown(Index node, Index word);
    std::size_t move(Index& state, Index word) const;

    std::unordered_map<std::string, Index, Hash, std::equal_to<>> words_;  ///< folded
    std::vector<Index> first_;                          ///< by word: where it leads from the start, or start
    std::unordered_map<std::uint64_t, Index> further_;  ///< by node and word, from elsewhere
    std::vector<Node> nodes_{1};
    std::vector<End> ends_;
    std::vector<Weight> weights_;
    std::size_t deepest_ = 0;
};

}  // namespace bordergate
