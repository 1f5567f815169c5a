#include "filters/detect/typeset.hpp"

#include "filters/ascii.hpp"

namespace bordergate {

namespace {

constexpr unsigned char byte(std::string_view text, std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0; }

struct Form {
    char plain = '\0';  ///< what it stands for; a NUL: it is none
    std::size_t size = 1;
};

/// The form whose first byte, which is not ASCII, is at `at`.
constexpr Form form_at(std::string_view text, std::size_t at) {
    const auto lead = byte(text, at), second = byte(text, at + 1), third = byte(text, at + 2);
    if (lead == 0xc2) return second == 0xa0 ? Form{' ', 2} : Form{};  // no-break space
    if (lead == 0xe3) return second == 0x80 && third == 0x80 ? Form{' ', 3} : Form{};
    if (lead == 0xe2 && second == 0x80) {
        if (third <= 0x8a || third == 0xaf) return third >= 0x80 ? Form{' ', 3} : Form{};  // U+2000 to U+200A, U+202F
        return third >= 0x90 && third <= 0x93 ? Form{'-', 3} : Form{};
    }
    if (lead != 0xef || (third & 0xc0) != 0x80) return {};
    if (second == 0xbc && third != 0x80) return {static_cast<char>(third - 0x80 + ' '), 3};
    return second == 0xbd && third <= 0x9e ? Form{static_cast<char>(third - 0x80 + '`'), 3} : Form{};
}

}  // namespace

bool typeset_at(std::string_view text, std::size_t at) {
    if (byte(text, at) < 0x80) return false;
    const auto form = form_at(text, at);
    const char c = form.plain;
    if (is_digit(c) || c == '+' || c == '(' || c == '@') return true;
    return (c == ' ' || c == '-') && at > 0 && is_digit(text[at - 1]) && at + form.size < text.size() && is_digit(text[at + form.size]);
}

void read_plain(std::string_view text, Unescaped& out) {
    out.text.clear();
    out.origin.clear();
    for (std::size_t at = 0; at < text.size();) {
        const auto form = byte(text, at) < 0x80 ? Form{} : form_at(text, at);
        out.text += form.plain == '\0' ? text[at] : form.plain;
        out.origin.push_back(at);
        at += form.size;
    }
    out.origin.push_back(text.size());
}

}  // namespace bordergate
