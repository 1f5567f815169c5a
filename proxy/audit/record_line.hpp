// One record as one line of JSON, written member by member into room made beforehand. Every text is made valid
// UTF-8, is escaped as RFC 8259 asks, and is cut where it is too long.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "config/utf8.hpp"

namespace bordergate::record_line {

constexpr std::size_t longest_text = 2'048;  ///< bytes of one value

/// Bytes that stand for themselves in a JSON string: visible ASCII but `"` and `\`.
constexpr std::array<bool, 256> plain_table = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0x20; c < 0x7f; ++c) table[c] = c != '"' && c != '\\';
    return table;
}();

/// True if all eight bytes of `word` are plain. Never true wrongly.
constexpr bool is_plain(std::uint64_t word) {
    constexpr std::uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
    const auto has_byte = [](std::uint64_t in, std::uint64_t byte) {
        const std::uint64_t differs = in ^ (ones * byte);
        return (differs - ones) & ~differs;
    };
    return ((word | (word - ones * 0x20) | has_byte(word, '"') | has_byte(word, '\\') | has_byte(word, 0x7f)) & tops) == 0;
}

/// Copies a text of one to seven bytes to `to` if all of it is plain. Most values are as short.
inline bool copy_short(std::string_view text, char* to) {
    const auto size = text.size();
    if (size >= 4) {
        std::uint32_t front = 0, back = 0;
        std::memcpy(&front, text.data(), sizeof front);
        std::memcpy(&back, text.data() + size - 4, sizeof back);
        if (!is_plain(front | std::uint64_t{back} << 32)) return false;
        std::memcpy(to, &front, sizeof front);
        std::memcpy(to + size - 4, &back, sizeof back);
        return true;
    }
    const auto byte = [&](std::size_t at) { return std::uint64_t{static_cast<unsigned char>(text[at])}; };
    if (!is_plain(0x6161616161000000 | byte(0) | byte(size / 2) << 8 | byte(size - 1) << 16)) return false;
    const char middle = text[size / 2], last = text[size - 1];
    to[0] = text[0];
    to[size / 2] = middle;
    to[size - 1] = last;
    return true;
}

/// Copies the plain bytes at the front of `text` to `to` and tells how many they were. Eight at a time: nearly
/// everything is plain.
inline std::size_t copy_plain(std::string_view text, char* to) {
    if (!text.empty() && text.size() < 8 && copy_short(text, to)) return text.size();
    std::size_t i = 0;
    std::uint64_t word = 0;
    for (; i + 8 <= text.size(); i += 8) {
        std::memcpy(&word, text.data() + i, sizeof word);
        if (!is_plain(word)) break;
        std::memcpy(to + i, &word, sizeof word);
    }
    if (i + 8 > text.size() && text.size() >= 8) {
        // The last eight at once, some of them for the second time.
        std::memcpy(&word, text.data() + text.size() - 8, sizeof word);
        if (is_plain(word)) {
            std::memcpy(to + text.size() - 8, &word, sizeof word);
            return text.size();
        }
    }
    for (; i < text.size() && plain_table[static_cast<unsigned char>(text[i])]; ++i) to[i] = text[i];
    return i;
}

/// Writes one JSON object member after another; empty values are left out. Writes into room made beforehand, for
/// a record is many small pieces; finish() cuts `out` to what was written.
class Line {
  public:
    explicit Line(std::string& out) : out_(out) {
        const auto before = out.size();
        out_.resize(before + typical_line);
        at_ = out_.data() + before;
        end_ = out_.data() + out_.size();
    }

    template <std::size_t size>
    void text(const char (&name)[size], std::string_view value) {
        if (value.empty()) return;
        key(name);
        string(value);
    }
    template <std::size_t size>
    void number(const char (&name)[size], std::uint64_t value, bool even_zero = false) {
        if (value == 0 && !even_zero) return;
        key(name);
        digits(value);
    }
    template <std::size_t size>
    void yes(const char (&name)[size], bool value) {
        if (!value) return;
        key(name);
        raw("true");
    }
    template <std::size_t size, class List>
    void texts(const char (&name)[size], const List& list) {
        if (list.empty()) return;
        key(name);
        char separator = '[';
        for (const auto& one : list) {
            put(separator);
            string(one);
            separator = ',';
        }
        put(']');
    }
    template <std::size_t size>
    void open(const char (&name)[size]) {
        key(name);
        put('{');
        first_ = true;
    }
    void close() {
        put('}');
        first_ = false;
    }
    /// A name known at compile time costs a copy of known size.
    template <std::size_t size>
    void key(const char (&name)[size]) {
        make_room(size + 4);
        char* at = begin_key(at_);
        std::memcpy(at, name, size - 1);
        at_ = end_key(at + size - 1);
    }
    /// A member named by data.
    void named_number(std::string_view name, std::uint64_t value) {
        if (value == 0) return;
        make_room(name.size() + 4);
        char* at = begin_key(at_);
        std::memcpy(at, name.data(), name.size());
        at_ = end_key(at + name.size());
        digits(value);
    }
    void raw(std::string_view text) {
        make_room(text.size());
        std::memcpy(at_, text.data(), text.size());
        at_ += text.size();
    }
    /// Begins an object, after the one before it in a list.
    void begin_item() {
        if (!first_) put(',');
        put('{');
        first_ = true;
    }
    void string(std::string_view value) {
        if (value.size() > longest_text) value = value.substr(0, longest_text);
        // No byte becomes more than six.
        make_room(value.size() * 6 + 2);
        char* at = at_;
        *at++ = '"';
        while (true) {
            const auto plain = copy_plain(value, at);
            at += plain;
            value.remove_prefix(plain);
            if (value.empty()) break;
            at = escape(value, at);
        }
        *at++ = '"';
        at_ = at;
    }
    void digits(std::uint64_t value) {
        make_room(20);
        at_ = std::to_chars(at_, end_, value).ptr;
    }
    void finish() {
        out_.resize(static_cast<std::size_t>(at_ - out_.data()));
    }

  private:
    static constexpr std::size_t typical_line = 2048;

    void make_room(std::size_t size) {
        if (static_cast<std::size_t>(end_ - at_) < size) grow(size);
    }
    void grow(std::size_t size) {
        const auto used = static_cast<std::size_t>(at_ - out_.data());
        out_.resize(std::max(out_.size() * 2, used + size));
        at_ = out_.data() + used;
        end_ = out_.data() + out_.size();
    }
    void put(char c) {
        make_room(1);
        *at_++ = c;
    }
    char* begin_key(char* at) {
        if (!first_) *at++ = ',';
        first_ = false;
        *at++ = '"';
        return at;
    }
    static char* end_key(char* at) {
        *at++ = '"';
        *at++ = ':';
        return at;
    }
    /// Takes the character at the front of `value`, which is not plain, and writes it.
    static char* escape(std::string_view& value, char* at) {
        static constexpr std::string_view hex = "0123456789abcdef";
        const auto c = static_cast<unsigned char>(value.front());
        const auto size = utf8_sequence(value);
        if (c == '"' || c == '\\') {
            *at++ = '\\';
            *at++ = static_cast<char>(c);
        } else if (c < 0x20 || c == 0x7f) {
            at = std::copy_n("\\u00", 4, at);
            *at++ = hex[c >> 4];
            *at++ = hex[c & 15];
        } else if (size == 0) {
            at = std::copy_n("\\ufffd", 6, at);
        } else {
            at = std::copy_n(value.data(), size, at);
        }
        value.remove_prefix(size == 0 ? 1 : size);
        return at;
    }

    std::string& out_;
    char* at_ = nullptr;   // in `out_`, as far as it is written
    char* end_ = nullptr;  // of `out_`
    bool first_ = true;
};

}  // namespace bordergate::record_line
