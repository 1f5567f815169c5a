// A shape: a pattern that is a plain sequence of character classes, each repeated a bounded number of times, as most
// identifiers are. Matched in one pass without going back, which regular expressions in general cannot promise.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace bordergate {

/// A set of ASCII characters.
class CharClass {
  public:
    constexpr void add(char c) { bits_[static_cast<unsigned char>(c) >> 6] |= std::uint64_t{1} << (static_cast<unsigned char>(c) & 63U); }
    constexpr bool has(char c) const {
        const auto at = static_cast<unsigned char>(c);
        return at < 128 && (bits_[at >> 6] >> (at & 63U) & 1U) != 0;
    }
    constexpr bool meets(const CharClass& other) const { return ((bits_[0] & other.bits_[0]) | (bits_[1] & other.bits_[1])) != 0; }
    constexpr bool empty() const { return (bits_[0] | bits_[1]) == 0; }

  private:
    std::uint64_t bits_[2]{};
};

class Shape {
  public:
    struct Item {
        CharClass chars;
        std::uint16_t least = 1, most = 1;
    };
    static constexpr std::size_t longest = 512;

    /// Reads `pattern`: literal characters, `\d`, escaped punctuation, classes in brackets, each with `?`, `{n}` or `{m,n}`.
    /// Nothing if it is another regular expression, one that may take a character in two ways, or longer than `longest`.
    static std::optional<Shape> parse(std::string_view pattern);

    /// The end of the match that begins at `start`; 0 if there is none.
    std::size_t match(std::string_view text, std::size_t start) const {
        std::size_t at = start;
        for (const auto& item : items_) {
            std::size_t end = at;
            const std::size_t most = item.most < text.size() - at ? at + item.most : text.size();
            while (end < most && item.chars.has(text[end])) ++end;
            if (end - at < item.least) return 0;
            at = end;
        }
        return at;
    }
    const std::vector<Item>& items() const { return items_; }
    /// The most bytes that a match has.
    std::size_t most() const;

  private:
    std::vector<Item> items_;
};

}  // namespace bordergate
