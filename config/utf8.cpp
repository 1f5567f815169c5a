#include "config/utf8.hpp"

#include <cstring>

namespace bordergate {

namespace {

constexpr std::size_t sequence_size(unsigned char first) {
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first < 0xe0) return 2;
    if (first >= 0xe0 && first < 0xf0) return 3;
    return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

constexpr unsigned char at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

}  // namespace

std::size_t utf8_sequence(std::string_view text) {
    const auto first = at(text, 0);
    const auto size = sequence_size(first);
    if (size == 0 || size > text.size()) return 0;
    for (std::size_t i = 1; i < size; ++i)
        if ((at(text, i) & 0xc0) != 0x80) return 0;
    if (size == 3 && ((first == 0xe0 && at(text, 1) < 0xa0) || (first == 0xed && at(text, 1) > 0x9f))) return 0;
    if (size == 4 && ((first == 0xf0 && at(text, 1) < 0x90) || (first == 0xf4 && at(text, 1) > 0x8f))) return 0;
    return size;
}

std::size_t find_invalid_utf8(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size()) {
        // Eight ASCII bytes at a time: most text is that.
        std::uint64_t word = 0;
        while (i + 8 <= text.size()) {
            std::memcpy(&word, text.data() + i, 8);
            if ((word & 0x8080808080808080ULL) != 0) break;
            i += 8;
        }
        while (i < text.size() && at(text, i) < 0x80) ++i;
        // Where one such character stands there are often more.
        while (i < text.size() && at(text, i) >= 0x80) {
            const auto first = at(text, i);
            if (first >= 0xc2 && first < 0xe0 && i + 1 < text.size() && (at(text, i + 1) & 0xc0) == 0x80) {
                i += 2;
                continue;
            }
            const auto size = utf8_sequence(text.substr(i));
            if (size == 0) return i;
            i += size;
        }
    }
    return std::string_view::npos;
}

std::size_t incomplete_utf8_tail(std::string_view text) {
    for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
        const auto byte = at(text, text.size() - back);
        if ((byte & 0xc0) == 0x80) continue;
        return sequence_size(byte) > back ? back : 0;
    }
    return 0;
}

void append_utf8(std::uint32_t code_point, std::string& out) {
    const auto add = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code_point < 0x80) {
        add(code_point);
    } else if (code_point < 0x800) {
        add(0xc0 | code_point >> 6);
        add(0x80 | (code_point & 0x3f));
    } else if (code_point < 0x10000) {
        add(0xe0 | code_point >> 12);
        add(0x80 | (code_point >> 6 & 0x3f));
        add(0x80 | (code_point & 0x3f));
    } else {
        add(0xf0 | code_point >> 18);
        add(0x80 | (code_point >> 12 & 0x3f));
        add(0x80 | (code_point >> 6 & 0x3f));
        add(0x80 | (code_point & 0x3f));
    }
}

}  // namespace bordergate
