#include "filters/detect/word_list.hpp"

#include <algorithm>

namespace bordergate {

namespace {

/// The next word of `text` from `at` on; empty, at its end, if there is none.
std::string_view next_word(std::string_view text, std::size_t at) {
    while (at < text.size() && !is_word(text[at])) ++at;
    std::size_t end = at;
    while (end < text.size() && is_word(text[end])) ++end;
    return text.substr(at, end - at);
}

/// Whether what stands between two words lets them be one phrase.
bool joined(std::string_view gap) { return gap.find_first_not_of(" \t\r\n-_.'") == std::string_view::npos; }

std::size_t place_of(std::string_view word, std::string_view text) { return static_cast<std::size_t>(word.data() - text.data()); }

void fold(std::string_view word, std::string& out) {
    out.clear();
    fold_letters(word, out);
}

}  // namespace

bool WordList::add(std::string_view phrase, const Weight& weight) {
    if (phrase.size() > longest) return false;
    Phrase made;
    made.weight = weight;
    for (auto word = next_word(phrase, 0); !word.empty(); word = next_word(phrase, place_of(word, phrase) + word.size())) fold(word, made.words.emplace_back());
    if (made.words.empty()) return false;
    longest_first_ = std::max(longest_first_, made.words.front().size());
    by_first_[made.words.front()].push_back(static_cast<std::uint32_t>(phrases_.size()));
    phrases_.push_back(std::move(made));
    return true;
}

void WordList::look(std::string_view text, Surroundings& surroundings, std::vector<Sighting>& sightings) const {
    std::string folded;
    for (auto word = next_word(text, 0); !word.empty();) {
        const auto begin = place_of(word, text);
        const auto behind = begin + word.size();
        // Folding keeps the length of a word.
        if (word.size() <= longest_first_) {
            fold(word, folded);
            if (const auto known = by_first_.find(std::string_view(folded)); known != by_first_.end()) {
                for (const auto index : known->second) {
                    const auto& phrase = phrases_[index];
                    std::size_t end = behind, next = 1;
                    for (; next < phrase.words.size(); ++next) {
                        const auto following = next_word(text.substr(0, std::min(text.size(), begin + 2 * longest)), end);
                        if (!joined(text.substr(end, place_of(following, text) - end))) break;
                        fold(following, folded);
                        if (folded != phrase.words[next]) break;
                        end = place_of(following, text) + following.size();
                    }
                    if (next == phrase.words.size() && end - begin <= 2 * longest) phrase.weight.weigh(text, begin, end, surroundings, sightings);
                }
            }
        }
        word = next_word(text, behind);
    }
}

}  // namespace bordergate
