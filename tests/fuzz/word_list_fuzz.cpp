// Word lists on arbitrary phrases and text: the automaton sees what a search for each phrase at each word sees, in steps that
// grow with the words and what is found, and no more. The input: phrases, one a line, an empty line, and the text.
#include <algorithm>
#include <cstdlib>

#include "filters/detect/word_list.hpp"

using namespace bordergate;

namespace {

struct Folded {
    Word place;
    std::string word;
};

std::vector<Folded> folded_words(std::string_view text) {
    std::vector<Folded> all;
    for (auto word = next_word(text, 0); !word.empty(); word = next_word(text, word.end)) {
        if (word.begin < (all.empty() ? 0 : all.back().place.end) || word.end > text.size()) std::abort();
        all.push_back({word, {}});
        if (word.end - word.begin <= WordList::longest_match) fold_word(word.of(text), all.back().word);
    }
    return all;
}

using Seen = std::vector<std::pair<std::size_t, std::size_t>>;

/// Where `phrase` stands in `text`, tried at each word.
void search(const std::vector<Folded>& phrase, std::string_view text, const std::vector<Folded>& words, Seen& seen) {
    for (std::size_t i = 0; i + phrase.size() <= words.size(); ++i) {
        std::size_t n = 0;
        for (; n < phrase.size(); ++n) {
            const auto& [place, word] = words[i + n];
            if (word != phrase[n].word || place.end - place.begin > WordList::longest_match) break;
            if (n > 0 && !joins_words(text.substr(words[i + n - 1].place.end, place.begin - words[i + n - 1].place.end))) break;
        }
        if (n < phrase.size()) continue;
        const auto begin = words[i].place.begin, end = words[i + n - 1].place.end;
        if (end - begin <= WordList::longest_match) seen.emplace_back(begin, end);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 4096) return 0;
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    WordList list;
    Weight weight;
    weight.alone = 1;
    std::vector<std::vector<Folded>> phrases;
    while (!rest.empty()) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        if (line.empty()) break;
        if (list.add(line, weight)) phrases.push_back(folded_words(line));
    }
    if (list.empty()) return 0;
    list.compile();
    const auto words = folded_words(rest);
    Surroundings surroundings(rest, {});
    std::vector<Sighting> sightings;
    if (list.look(rest, surroundings, sightings) > 3 * words.size() + phrases.size() * words.size()) std::abort();
    Seen seen, expected;
    for (const auto& one : sightings) seen.emplace_back(one.found.begin, one.found.end);
    for (const auto& one : phrases) search(one, rest, words, expected);
    std::sort(seen.begin(), seen.end());
    std::sort(expected.begin(), expected.end());
    expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
    if (seen != expected) std::abort();
    return 0;
}
