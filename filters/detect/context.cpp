#include "filters/detect/context.hpp"

#include <algorithm>

#include "config/words.hpp"
#include "filters/detect/recognisers.hpp"

namespace bordergate {

namespace {

constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
constexpr bool is_plain_word(char c) { return is_ascii(c) && is_word(c); }
constexpr bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

std::size_t behind_character(std::string_view text, std::size_t at) {
    for (++at; at < text.size() && continues(text[at]);) ++at;
    return at;
}

}  // namespace

void fold_words(std::string_view text, std::string& out) {
    if (out.empty() || out.back() != ' ') out += ' ';
    for (std::size_t at = 0; at < text.size();) {
        Word word{at, at};
        while (word.end < text.size() && is_plain_word(text[word.end])) ++word.end;
        // A word that may go on beyond ASCII, or be of another script.
        if (word.end < text.size() && !is_ascii(text[word.end])) word = next_word(text, at);
        for (std::size_t begin = word.begin, end = begin; begin < word.end; begin = end) {
            for (++end; end < word.end && !(is_upper(text[end]) && is_lower(text[end - 1]));) ++end;
            fold_word(text.substr(begin, end - begin), out);
            out += ' ';
        }
        at = word.empty() ? word.end + 1 : word.end;
    }
}

ContextWords::ContextWords(const std::vector<std::string>& words) {
    for (const auto& word : words) {
        std::string folded;
        fold_words(word, folded);
        if (folded.size() > 1) words_.push_back(std::move(folded));
    }
    const auto first = [](const std::string& word) { return static_cast<unsigned char>(word[1]); };
    std::sort(words_.begin(), words_.end());
    for (std::size_t byte = 0, at = 0; byte < by_first_.size(); ++byte) {
        while (at < words_.size() && first(words_[at]) < byte) ++at;
        by_first_[byte] = static_cast<std::uint32_t>(at);
    }
}

bool ContextWords::stand_in(std::string_view folded) const {
    for (std::size_t at = 0; at + 1 < folded.size(); at = folded.find(' ', at + 1)) {
        const auto first = static_cast<unsigned char>(folded[at + 1]);
        for (auto i = by_first_[first]; i < by_first_[first + 1U]; ++i)
            if (folded.substr(at).starts_with(words_[i])) return true;
    }
    return false;
}

std::string_view whole_words_before(std::string_view text, std::size_t end, std::size_t most) {
    std::size_t from = end > most ? end - most : 0;
    while (from > 0 && from < end && continues(text[from])) ++from;
    if (word_before(text, from))
        while (from < end && word_at(text, from)) from = behind_character(text, from);
    return text.substr(from, end - from);
}

std::string_view whole_words_behind(std::string_view text, std::size_t begin, std::size_t most) {
    std::size_t to = std::min(text.size(), begin + most);
    while (to > begin && to < text.size() && continues(text[to])) --to;
    if (word_at(text, to))
        while (to > begin && word_before(text, to))
            for (--to; to > begin && continues(text[to]);) --to;
    return text.substr(begin, to - begin);
}

bool Surroundings::announce(const ContextWords& words, std::size_t begin, std::size_t end) {
    if (words.empty()) return false;
    if (begin != begin_ || end != end_) {
        begin_ = begin;
        end_ = end;
        folded_.clear();
        fold_words(whole_words_before(text_, begin, before), folded_);
        fold_words(whole_words_behind(text_, end, behind), folded_);
    }
    if (words.stand_in(folded_)) return true;
    if (name_.empty()) return false;
    constexpr std::size_t longest_name = 128;
    if (folded_name_.empty()) fold_words(name_.substr(0, longest_name), folded_name_);
    return words.stand_in(folded_name_);
}

}  // namespace bordergate
