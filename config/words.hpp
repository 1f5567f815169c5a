// Words of a text as they are compared, in any script: where they begin and end, and what is left of them with case, width
// and composition set aside (Unicode's NFKC_Casefold, UAX 31, but decomposed). Knows no list: the loader asks it whether
// what is listed is a word, filters/detect where words stand in a text. Nothing fails; what is no UTF-8 parts words.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bordergate {

/// Of a listed word or phrase, in bytes.
inline constexpr std::size_t longest_phrase = 256;

/// Bytes [begin, end) of a text are one word; empty, at the text's end: there is none.
struct Word {
    std::size_t begin = 0, end = 0;
    bool empty() const { return begin == end; }
    std::string_view of(std::string_view text) const { return text.substr(begin, end - begin); }
};

/// The first word of `text` that begins at `at` or later; what stands before `at` is not looked at. A word is a run of
/// letters, digits and their marks; an invisible character between two of them (a soft hyphen, a joiner) is part of it. Each
/// character of a script that puts no spaces between words (Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese) is a
/// word by itself, with its marks.
Word next_word(std::string_view text, std::size_t at);

/// Whether what stands between two words lets them be parts of one phrase: blanks, hyphens, dots, apostrophes, or nothing.
bool joins_words(std::string_view gap);

/// Appends `word` as words are compared: what differs only in case, width (`Ａ`), composition (`o` and a diaeresis) or
/// invisible characters becomes the same bytes. The dots of the Turkish i and the accents of Greek, which capitals lose, are
/// set aside too.
void fold_word(std::string_view word, std::string& out);

/// Whether the character of several bytes at `at` makes no word with a letter beside it: punctuation, symbols, full-width
/// forms, and those of scripts that put no spaces between words.
bool breaks_words(std::string_view text, std::size_t at);

}  // namespace bordergate
