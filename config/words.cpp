#include "config/words.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace bordergate {

namespace {

constexpr bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

/// Letters and digits of ASCII, by their bytes.
constexpr auto plain_words = [] {
    std::array<bool, 256> made{};
    for (unsigned c = '0'; c <= '9'; ++c) made[c] = true;
    for (unsigned c = 'a'; c <= 'z'; ++c) made[c] = made[c - 32] = true;
    return made;
}();
constexpr bool is_plain_word(char c) { return plain_words[static_cast<unsigned char>(c)]; }

/// What a character is to words.
enum class Part : std::uint8_t {
    none,    ///< it parts them
    letter,  ///< makes one word with letters beside it
    sign,    ///< is a word by itself
    mark,    ///< goes with what stands before it
    unseen,  ///< is as if it were not there
};

struct Character {
    std::int32_t code = 0;
    std::size_t size = 1;
};

/// The character at `at`; what is no UTF-8 is the character 0, of one byte.
Character character_at(std::string_view text, std::size_t at) {
    Character made;
    const auto left = std::min(text.size() - at, std::size_t{4});
    const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at), static_cast<utf8proc_ssize_t>(left), &made.code);
    if (size <= 0) return {};
    made.size = static_cast<std::size_t>(size);
    return made;
}

constexpr bool within(std::int32_t code, std::int32_t first, std::int32_t last) { return code >= first && code <= last; }

constexpr bool is_radical(std::int32_t code) { return within(code, 0x2e80, 0x2fdf); }

/// Whether it belongs to a script that puts no spaces between words.
constexpr bool is_unspaced(std::int32_t code) {
    if (code < 0xe00) return false;
    return within(code, 0xe00, 0xeff)          // Thai, Lao
           || within(code, 0x1000, 0x109f)     // Burmese
           || within(code, 0x1100, 0x11ff)     // parts of Korean syllables
           || within(code, 0x1780, 0x17ff)     // Khmer
           || within(code, 0x2e80, 0xa4cf)     // Chinese, Japanese, Yi
           || within(code, 0xa960, 0xa97f) || within(code, 0xaa60, 0xaa7f)
           || within(code, 0xac00, 0xd7ff)     // Korean
           || within(code, 0xf900, 0xfaff) || within(code, 0xff66, 0xffdc)
           || within(code, 0x17000, 0x18cff)   // Tangut, Khitan
           || within(code, 0x1aff0, 0x1b2ff)   // rare kana, Nüshu
           || within(code, 0x20000, 0x3ffff);  // rare ideographs
}

constexpr std::int32_t modifier_apostrophe = 0x2bc, zero_width_space = 0x200b;

Part part_of(std::int32_t code) {
    if (code < 0x80) return is_plain_word(static_cast<char>(code)) ? Part::letter : Part::none;
    const auto* const property = utf8proc_get_property(code);
    if (property->ignorable != 0) return code == zero_width_space ? Part::none : Part::unseen;
    switch (property->category) {
        case UTF8PROC_CATEGORY_MN:
        case UTF8PROC_CATEGORY_MC:
            return Part::mark;
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO:
        case UTF8PROC_CATEGORY_ND:
        case UTF8PROC_CATEGORY_NL:
            if (code == modifier_apostrophe) return Part::none;
            // Of Korean syllables written in parts, and voiced kana of half width.
            if (property->boundclass == UTF8PROC_BOUNDCLASS_V || property->boundclass == UTF8PROC_BOUNDCLASS_T || property->boundclass == UTF8PROC_BOUNDCLASS_EXTEND ||
                property->boundclass == UTF8PROC_BOUNDCLASS_SPACINGMARK)
                return Part::mark;
            return is_unspaced(code) ? Part::sign : Part::letter;
        case UTF8PROC_CATEGORY_CN:  // not given out when the tables were made: found wherever it stands
        case UTF8PROC_CATEGORY_CO:
            return Part::sign;
        default:
            return is_radical(code) ? Part::sign : Part::none;
    }
}

/// How many marks belong to a sign; more of them are no writing.
constexpr int most_marks = 4;

std::size_t sign_end(std::string_view text, std::size_t at) {
    for (int marks = 0; marks < most_marks && at < text.size() && !is_ascii(text[at]); ++marks) {
        const auto next = character_at(text, at);
        if (const auto part = part_of(next.code); part != Part::mark && part != Part::unseen) break;
        at += next.size;
    }
    return at;
}

bool continues_word(std::string_view text, std::size_t at) {
    if (at >= text.size()) return false;
    if (is_ascii(text[at])) return is_plain_word(text[at]);
    const auto part = part_of(character_at(text, at).code);
    return part == Part::letter || part == Part::mark;
}

std::size_t run_end(std::string_view text, std::size_t at) {
    while (at < text.size()) {
        if (is_ascii(text[at])) {
            if (!is_plain_word(text[at])) break;
            ++at;
            continue;
        }
        const auto next = character_at(text, at);
        const auto part = part_of(next.code);
        // One unseen character and no more, so that no word depends on what stands far away.
        if (part != Part::letter && part != Part::mark && !(part == Part::unseen && continues_word(text, at + next.size))) break;
        at += next.size;
    }
    return at;
}

/// Whether it is an ideograph of the main block, of which each is only itself.
constexpr bool is_ideograph(std::string_view word) {
    if (word.size() != 3) return false;
    const auto first = static_cast<unsigned char>(word[0]), second = static_cast<unsigned char>(word[1]);
    return (first == 0xe4 && second >= 0xb8) || (first >= 0xe5 && first <= 0xe8) || (first == 0xe9 && second < 0xbf);
}

/// Writes the code points of a word, decomposed, without what capitals lose.
void write_folded(const utf8proc_int32_t* codes, std::size_t count, std::string& out) {
    constexpr std::int32_t acute = 0x301, dot_above = 0x307, dotless_i = 0x131;
    std::int32_t base = 0;
    for (std::size_t i = 0; i < count; ++i) {
        auto code = codes[i];
        if (code == dotless_i) code = 'i';
        if ((code == dot_above && base == 'i') || (code == acute && within(base, 0x3b1, 0x3c9))) continue;
        if (!within(code, 0x300, 0x36f)) base = code;
        std::array<utf8proc_uint8_t, 4> bytes{};
        const auto size = utf8proc_encode_char(code, bytes.data());
        out.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(size));
    }
}

/// Gives `word`, folded, the place of what stands in `out` from `before` on; leaves that if it is no UTF-8.
void fold_beyond_ascii(std::string_view word, std::size_t before, std::string& out) {
    std::array<utf8proc_int32_t, 2048> codes;
    constexpr auto options = static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
    const auto count = utf8proc_decompose(reinterpret_cast<const utf8proc_uint8_t*>(word.data()), static_cast<utf8proc_ssize_t>(word.size()), codes.data(), codes.size(), options);
    // What is longer is no word that anybody lists.
    if (count < 0 || static_cast<std::size_t>(count) > codes.size()) return;
    out.resize(before);
    write_folded(codes.data(), static_cast<std::size_t>(count), out);
}

/// Characters of two bytes (Latin, Greek, Cyrillic) as they are folded, but for marks, which change places.
class FoldedLetters {
  public:
    FoldedLetters() {
        std::string character(2, '\0'), folded;
        for (std::size_t i = 0; i < letters_.size(); ++i) {
            character[0] = static_cast<char>(first_lead + i / 64);
            character[1] = static_cast<char>(0x80 + i % 64);
            folded.clear();
            fold_beyond_ascii(character, 0, folded);
            auto& letter = letters_[i];
            if (part_of(character_at(character, 0).code) != Part::letter || folded.size() > letter.bytes.size()) continue;
            std::copy(folded.begin(), folded.end(), letter.bytes.begin());
            letter.size = static_cast<std::uint8_t>(folded.size());
        }
    }
    /// Empty: it needs another way.
    std::string_view of(unsigned char lead, unsigned char second) const {
        if (lead < first_lead || lead > last_lead) return {};
        const auto& letter = letters_[(lead - first_lead) * 64U + (second & 0x3fU)];
        return {letter.bytes.data(), letter.size};
    }

  private:
    static constexpr std::size_t first_lead = 0xc2, last_lead = 0xd4;
    struct Letter {
        std::array<char, 7> bytes{};
        std::uint8_t size = 0;
    };
    std::array<Letter, (last_lead - first_lead + 1) * 64> letters_{};
};

/// The same as fold_beyond_ascii where no character needs more than two bytes; false, and `out` as it was: one does.
bool fold_two_bytes(std::string_view word, std::size_t before, std::string& out) {
    static const FoldedLetters letters;
    out.resize(before);
    for (std::size_t i = 0; i < word.size(); ++i) {
        const char c = word[i];
        if (is_ascii(c)) {
            out += is_upper(c) ? static_cast<char>(c + 32) : c;
            continue;
        }
        const auto letter = ++i < word.size() ? letters.of(static_cast<unsigned char>(c), static_cast<unsigned char>(word[i])) : std::string_view();
        if (letter.empty()) {
            out.resize(before);
            out += word;
            return false;
        }
        out += letter;
    }
    return true;
}

}  // namespace

Word next_word(std::string_view text, std::size_t at) {
    while (at < text.size()) {
        if (is_ascii(text[at])) {
            if (is_plain_word(text[at])) return {at, run_end(text, at + 1)};
            ++at;
            continue;
        }
        const auto first = character_at(text, at);
        const auto part = part_of(first.code);
        if (part == Part::sign) return {at, sign_end(text, at + first.size)};
        if (part == Part::letter || part == Part::mark) return {at, run_end(text, at + first.size)};
        at += first.size;
    }
    return {text.size(), text.size()};
}

bool joins_words(std::string_view gap) {
    constexpr std::string_view plain = " \t\r\n-_.'";
    // Apostrophes, middle dots, and the full-width forms of what stands above.
    constexpr std::array<std::int32_t, 9> others{0xb7, modifier_apostrophe, 0x2018, 0x2019, zero_width_space, 0x30fb, 0xff07, 0xff0e, 0xff65};
    for (std::size_t at = 0; at < gap.size();) {
        if (is_ascii(gap[at])) {
            if (plain.find(gap[at++]) == std::string_view::npos) return false;
            continue;
        }
        const auto one = character_at(gap, at);
        at += one.size;
        switch (utf8proc_category(one.code)) {
            case UTF8PROC_CATEGORY_ZS:
            case UTF8PROC_CATEGORY_ZL:
            case UTF8PROC_CATEGORY_ZP:
            case UTF8PROC_CATEGORY_PD:
            case UTF8PROC_CATEGORY_PC:
                continue;
            default:
                if (part_of(one.code) != Part::unseen && std::find(others.begin(), others.end(), one.code) == others.end()) return false;
        }
    }
    return true;
}

void fold_word(std::string_view word, std::string& out) {
    if (is_ideograph(word)) {
        out += word;
        return;
    }
    const auto before = out.size();
    out += word;
    unsigned char all = 0;
    for (char* at = out.data() + before; at != out.data() + out.size(); ++at) {
        all |= static_cast<unsigned char>(*at);
        *at = is_upper(*at) ? static_cast<char>(*at + 32) : *at;
    }
    if (all >= 0x80 && !fold_two_bytes(word, before, out)) fold_beyond_ascii(word, before, out);
}

bool breaks_words(std::string_view text, std::size_t at) {
    const auto code = character_at(text, at).code;
    if (is_unspaced(code) || within(code, 0xff00, 0xffef)) return true;
    const auto part = part_of(code);
    return part != Part::letter && part != Part::mark;
}

}  // namespace bordergate
