#include "filters/detect/word_list.hpp"

#include <algorithm>
#include <numeric>

namespace bordergate {

namespace {

constexpr std::uint64_t edge(std::uint32_t node, std::uint32_t word) { return static_cast<std::uint64_t>(node) << 32 | word; }

}  // namespace

bool WordList::add(std::string_view phrase, const Weight& weight) {
    auto word = next_word(phrase, 0);
    if (phrase.size() > longest_phrase || word.empty()) return false;
    Index node = start;
    std::string folded;
    for (; !word.empty(); word = next_word(phrase, word.end)) {
        folded.clear();
        fold_word(word.of(phrase), folded);
        const auto known = words_.try_emplace(folded, static_cast<Index>(words_.size())).first->second;
        node = grown(node, known);
    }
    if (weights_.empty() || weights_.back().recogniser != weight.recogniser) weights_.push_back(weight);
    const auto last = static_cast<Index>(weights_.size() - 1);
    auto* at = &nodes_[node].ends;
    for (; *at != none; at = &ends_[*at].next)
        if (ends_[*at].weight == last) return true;  // there already, in another spelling
    *at = static_cast<Index>(ends_.size());
    ends_.push_back({last, none});
    deepest_ = std::max<std::size_t>(deepest_, nodes_[node].depth);
    return true;
}

WordList::Index WordList::child(Index node, Index word) const {
    if (node == start) return first_[word];
    const auto found = further_.find(edge(node, word));
    return found == further_.end() ? start : found->second;
}

/// The node behind `node` by `word`, made if it is not there.
WordList::Index WordList::grown(Index node, Index word) {
    first_.resize(words_.size(), start);
    if (const auto there = child(node, word); there != start) return there;
    const auto made = static_cast<Index>(nodes_.size());
    Node one;
    one.parent = node;
    one.word = word;
    one.depth = static_cast<std::uint16_t>(nodes_[node].depth + 1);
    nodes_.push_back(one);
    if (node == start) first_[word] = made;
    else further_.emplace(edge(node, word), made);
    return made;
}

void WordList::compile() {
    std::vector<Index> order(nodes_.size());
    std::iota(order.begin(), order.end(), start);
    std::stable_sort(order.begin(), order.end(), [this](Index a, Index b) { return nodes_[a].depth < nodes_[b].depth; });
    for (const auto index : order) {
        auto& node = nodes_[index];
        if (node.depth < 2) continue;
        // Shorter ones are complete: they come before it.
        node.shorter = nodes_[node.parent].shorter;
        move(node.shorter, node.word);
        node.phrase = nodes_[node.shorter].ends != none ? node.shorter : nodes_[node.shorter].phrase;
    }
}

/// From `state` to the longest beginning of a phrase that ends with `word`. Returns how many moves that took.
std::size_t WordList::move(Index& state, Index word) const {
    std::size_t moves = 1;
    auto next = child(state, word);
    for (; next == start && state != start; ++moves) {
        state = nodes_[state].shorter;
        next = child(state, word);
    }
    state = next;
    return moves;
}

WordList::Index WordList::known_word(std::string_view text, const Word& word, std::string& folded) const {
    if (word.end - word.begin > longest_match) return none;
    folded.clear();
    fold_word(word.of(text), folded);
    const auto known = words_.find(std::string_view(folded));
    return known == words_.end() ? none : known->second;
}

std::size_t WordList::look(std::string_view text, Surroundings& surroundings, std::vector<Sighting>& sightings) const {
    std::string folded;
    std::vector<std::size_t> begins(deepest_);  // of the last words, by their number
    std::size_t steps = 0, number = 0, behind = 0;
    Index state = start;
    for (auto word = next_word(text, 0); !word.empty(); word = next_word(text, word.end)) {
        ++steps;
        if (state != start && !joins_words(text.substr(behind, word.begin - behind))) state = start;
        behind = word.end;
        begins[number++ % deepest_] = word.begin;
        const auto known = known_word(text, word, folded);
        if (known == none) {
            state = start;
            continue;
        }
        steps += move(state, known);
        for (auto node = nodes_[state].ends != none ? state : nodes_[state].phrase; node != start; node = nodes_[node].phrase) {
            const auto begin = begins[(number - nodes_[node].depth) % deepest_];
            for (auto end = nodes_[node].ends; end != none; end = ends_[end].next) {
                ++steps;
                if (word.end - begin <= longest_match) weights_[ends_[end].weight].weigh(text, begin, word.end, surroundings, sightings);
            }
        }
    }
    return steps;
}

}  // namespace bordergate
