#include "filters/detect/context.hpp"

#include <algorithm>

#include "filters/detect/recognisers.hpp"

namespace bordergate {

namespace {

constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// The lower case of the two-byte character `first second`, where the alphabets of Latin, Greek and Cyrillic have one.
void fold_two_bytes(unsigned char first, unsigned char second, std::string& out) {
    unsigned code = (first & 0x1fU) << 6 | (second & 0x3fU);
    if (code >= 0xc0 && code <= 0xde && code != 0xd7) code += 0x20;
    else if (code >= 0x100 && code <= 0x137) code |= 1U;
    else if (code >= 0x139 && code <= 0x148) code += code & 1U;
    else if (code >= 0x14a && code <= 0x177) code |= 1U;
    else if (code == 0x178) code = 0xff;
    else if (code >= 0x179 && code <= 0x17e) code += code & 1U;
    else if (code >= 0x391 && code <= 0x3a9) code += 0x20;
    else if (code >= 0x410 && code <= 0x42f) code += 0x20;
    else if (code >= 0x400 && code <= 0x40f) code += 0x50;
    out += static_cast<char>(0xc0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3fU));
}

/// Whether a script is written without spaces between words: from U+3000 on (Chinese, Japanese, Korean), and Thai.
bool unspaced(std::string_view word) {
    const auto first = static_cast<unsigned char>(word.front());
    return first >= 0xe3 || (first == 0xe0 && word.size() > 1 && (static_cast<unsigned char>(word[1]) == 0xb8 || static_cast<unsigned char>(word[1]) == 0xb9));
}

}  // namespace

void fold_letters(std::string_view word, std::string& out) {
    for (std::size_t i = 0; i < word.size(); ++i) {
        const char c = word[i];
        if (is_upper(c)) {
            out += static_cast<char>(c + 32);
        } else if ((static_cast<unsigned char>(c) & 0xe0) == 0xc0 && i + 1 < word.size()) {
            fold_two_bytes(static_cast<unsigned char>(c), static_cast<unsigned char>(word[i + 1]), out);
            ++i;
        } else {
            out += c;
        }
    }
}

void fold_words(std::string_view text, std::string& out) {
    const auto space = [&out] {
        if (out.empty() || out.back() != ' ') out += ' ';
    };
    space();
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (!is_word(c)) {
            space();
        } else if (is_upper(c)) {
            if (i > 0 && is_lower(text[i - 1])) space();
            out += static_cast<char>(c + 32);
        } else if ((static_cast<unsigned char>(c) & 0xe0) == 0xc0 && i + 1 < text.size()) {
            fold_two_bytes(static_cast<unsigned char>(c), static_cast<unsigned char>(text[i + 1]), out);
            ++i;
        } else {
            out += c;
        }
    }
    space();
}

ContextWords::ContextWords(const std::vector<std::string>& words) {
    for (const auto& word : words) {
        std::string folded;
        fold_words(word, folded);
        if (folded.size() < 2) continue;
        // What is written without spaces is found within what stands around it too.
        if (unspaced(std::string_view(folded).substr(1))) folded = folded.substr(1, folded.size() - 2);
        words_.push_back(std::move(folded));
    }
}

bool ContextWords::stand_in(std::string_view folded) const {
    return std::any_of(words_.begin(), words_.end(), [folded](const auto& word) { return folded.find(word) != std::string_view::npos; });
}

bool Surroundings::announce(const ContextWords& words, std::size_t begin, std::size_t end) {
    if (words.empty()) return false;
    if (begin != begin_ || end != end_) {
        begin_ = begin;
        end_ = end;
        std::size_t from = begin > before ? begin - before : 0, to = std::min(text_.size(), end + behind);
        // A word that is cut in two may be the end of another one.
        if (from > 0 && is_word(text_[from - 1]))
            while (from < begin && is_word(text_[from])) ++from;
        if (to < text_.size() && is_word(text_[to]))
            while (to > end && is_word(text_[to - 1])) --to;
        while (to > end && to < text_.size() && continues(text_[to])) --to;
        folded_.clear();
        fold_words(text_.substr(from, begin - from), folded_);
        fold_words(text_.substr(end, to - end), folded_);
    }
    if (words.stand_in(folded_)) return true;
    if (name_.empty()) return false;
    constexpr std::size_t longest_name = 128;
    if (folded_name_.empty()) fold_words(name_.substr(0, longest_name), folded_name_);
    return words.stand_in(folded_name_);
}

}  // namespace bordergate
