#include "filters/detect/context.hpp"

#include <algorithm>

#include "config/utf8.hpp"
#include "config/words.hpp"
#include "filters/detect/recognisers.hpp"

namespace bordergate {

namespace {

constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
constexpr bool is_plain_word(char c) { return is_ascii(c) && is_word(c); }

std::size_t behind_character(std::string_view text, std::size_t at) {
    for (++at; at < text.size() && continues_utf8(text[at]);) ++at;
    return at;
}

/// Where a word in camel case goes on behind `at`; its end: nowhere.
std::size_t piece_end(std::string_view word, std::size_t at) {
    for (++at; at < word.size() && !(is_upper(word[at]) && is_lower(word[at - 1]));) ++at;
    return std::min(at, word.size());
}

void fold_pieces(std::string_view word, std::string& out) {
    for (std::size_t begin = 0, end = 0; begin < word.size(); begin = end) {
        end = piece_end(word, begin);
        fold_word(word.substr(begin, end - begin), out);
        out += ' ';
    }
}

/// The same of a word of ASCII, which most are, in one go.
void fold_plain(std::string_view word, std::string& out) {
    const auto before = out.size();
    out.resize(before + 2 * word.size() + 1);
    char* to = out.data() + before;
    bool small = false;
    for (const char c : word) {
        if (is_upper(c)) {
            if (small) *to++ = ' ';
            *to++ = static_cast<char>(c + 32);
        } else {
            *to++ = c;
        }
        small = is_lower(c);
    }
    *to++ = ' ';
    out.resize(static_cast<std::size_t>(to - out.data()));
}

}  // namespace

void fold_words(std::string_view text, std::string& out) {
    if (out.empty() || out.back() != ' ') out += ' ';
    for (std::size_t at = 0; at < text.size();) {
        Word word{at, at};
        while (word.end < text.size() && is_plain_word(text[word.end])) ++word.end;
        // A word that may go on beyond ASCII, or be of another script.
        if (word.end < text.size() && !is_ascii(text[word.end])) {
            word = next_word(text, at);
            fold_pieces(word.of(text), out);
        } else if (!word.empty()) {
            fold_plain(word.of(text), out);
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
    while (from > 0 && from < end && continues_utf8(text[from])) ++from;
    if (word_before(text, from))
        while (from < end && word_at(text, from)) from = behind_character(text, from);
    return text.substr(from, end - from);
}

std::string_view whole_words_behind(std::string_view text, std::size_t begin, std::size_t most) {
    std::size_t to = std::min(text.size(), begin + most);
    while (to > begin && to < text.size() && continues_utf8(text[to])) --to;
    if (word_at(text, to))
        while (to > begin && word_before(text, to))
            for (--to; to > begin && continues_utf8(text[to]);) --to;
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
