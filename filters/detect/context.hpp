// Context: the words near a match that say what it is. "123-45-6789" is a number; after "SSN" it is one of a person.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bordergate {

/// Text as words are compared (config/words.hpp), with one space around each: what is no part of a word is one space, and
/// so is the place where a word in camel case goes on. Appends to `out`, which begins and ends with a space afterwards.
void fold_words(std::string_view text, std::string& out);

/// The last `most` bytes of text[0, end), without the part of a word that they would begin with: it may be the end of
/// another one.
std::string_view whole_words_before(std::string_view text, std::size_t end, std::size_t most);
/// The first `most` bytes of `text` from `begin` on, without the part of a word that they would end with.
std::string_view whole_words_behind(std::string_view text, std::size_t begin, std::size_t most);

/// The words that announce one kind of match.
class ContextWords {
  public:
    ContextWords() = default;
    /// `words`: words or phrases, in any case. Those of scripts that put no spaces between words are found anywhere.
    explicit ContextWords(const std::vector<std::string>& words);
    bool empty() const { return words_.empty(); }
    /// Whether one of them stands in `folded` as fold_words makes it.
    bool stand_in(std::string_view folded) const;

  private:
    std::vector<std::string> words_;            // folded, with the spaces around them; sorted
    std::array<std::uint32_t, 257> by_first_{};  // where those begin whose first byte is the index or more
};

/// What stands near one place of a text, folded when somebody asks.
class Surroundings {
  public:
    /// How far before and behind a match a word counts, in bytes.
    static constexpr std::size_t before = 64, behind = 24;

    /// `name`: of the field that the text is the value of, such as an object key or a column; empty if it has none.
    Surroundings(std::string_view text, std::string_view name) : text_(text), name_(name) {}
    /// Whether a word of `words` stands near [begin, end), or in the field's name.
    bool announce(const ContextWords& words, std::size_t begin, std::size_t end);
    /// Whether [begin, end) is all that a field with a name holds.
    bool fill_field(std::size_t begin, std::size_t end) const { return !name_.empty() && begin == 0 && end == text_.size(); }

  private:
    std::string_view text_, name_;
    std::size_t begin_ = static_cast<std::size_t>(-1), end_ = 0;  // of what folded_ is of
    std::string folded_, folded_name_;
};

}  // namespace bordergate
