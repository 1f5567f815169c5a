#include "filters/body/quiet_text.hpp"

#include "filters/ascii.hpp"

namespace bordergate {

namespace {

constexpr bool is_blank(char c) { return c == ' ' || c == '\n'; }

/// Bytes of a letter or a mark of a sentence at `at`; 0: there is something else, or the rest of it is still to come.
std::size_t plain_at(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const char c = text[at];
    if (is_letter(c) || c == ' ' || c == '\n' || c == ',' || c == '.' || c == ';' || c == '!' || c == '?') return 1;
    // Two bytes: U+00C0 to U+024F and U+0370 to U+04FF, but for the signs × and ÷.
    if (byte(at) < 0xc3 || byte(at) > 0xd3 || at + 1 >= text.size() || (byte(at + 1) & 0xc0) != 0x80) return 0;
    const unsigned point = (byte(at) & 0x1fU) << 6 | (byte(at + 1) & 0x3fU);
    const bool letter = (point >= 0xc0 && point <= 0x24f && point != 0xd7 && point != 0xf7) || (point >= 0x370 && point <= 0x4ff);
    return letter ? 2 : 0;
}

}  // namespace

std::size_t quiet_cut(std::string_view text, std::size_t from) {
    std::size_t cut = from, quiet = from;  // `quiet`: where what is plain began
    std::size_t blank = std::string_view::npos;  // the last, with a word before it
    bool word = false;                           // one has begun since
    for (std::size_t at = from; at < text.size();) {
        const auto size = plain_at(text, at);
        if (size == 0) {
            // It takes with it the word that it stands in.
            do ++at;
            while (at < text.size() && !is_blank(text[at]));
            quiet = at;
            blank = std::string_view::npos;
            word = false;
            continue;
        }
        if (is_blank(text[at])) {
            // The word between the two is whole, and nothing but letters.
            const bool far = quiet == from || blank - quiet >= quiet_bytes;
            if (word && blank != std::string_view::npos && far) cut = blank;
            blank = at;
            word = false;
        } else if (size == 2 || is_letter(text[at])) {
            word = true;
        }
        at += size;
    }
    return cut;
}

}  // namespace bordergate
