#include "filters/detect/shape.hpp"

#include <algorithm>
#include <string>

namespace bordergate {

namespace {

constexpr std::string_view special = ".*+?()[]{}|^$\\";

/// Reads one atom or class; moves `rest` on. False if it is none that a shape has.
bool read_class(std::string_view& rest, CharClass& chars);

/// The characters of an escape; false if it is none of ours.
bool read_escape(std::string_view& rest, CharClass& chars) {
    if (rest.empty()) return false;
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == 'd') {
        for (char digit = '0'; digit <= '9'; ++digit) chars.add(digit);
        return true;
    }
    const bool punctuation = c > ' ' && c < 0x7f && !((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'));
    if (!punctuation) return false;
    chars.add(c);
    return true;
}

bool read_brackets(std::string_view& rest, CharClass& chars) {
    if (rest.empty() || rest.front() == '^' || rest.front() == ']') return false;
    while (!rest.empty() && rest.front() != ']') {
        char from = rest.front();
        rest.remove_prefix(1);
        if (from == '[' || static_cast<unsigned char>(from) >= 0x80) return false;
        if (from == '\\') {
            if (!read_escape(rest, chars)) return false;
            continue;
        }
        if (rest.size() < 2 || rest[0] != '-' || rest[1] == ']') {
            chars.add(from);
            continue;
        }
        const char to = rest[1];
        if (to < from || to == '\\' || static_cast<unsigned char>(to) >= 0x80) return false;
        rest.remove_prefix(2);
        for (char c = from;; ++c) {
            chars.add(c);
            if (c == to) break;
        }
    }
    if (rest.empty()) return false;
    rest.remove_prefix(1);
    return true;
}

bool read_class(std::string_view& rest, CharClass& chars) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == '\\') return read_escape(rest, chars);
    if (c == '[') return read_brackets(rest, chars);
    if (special.find(c) != std::string_view::npos || static_cast<unsigned char>(c) >= 0x80) return false;
    chars.add(c);
    return true;
}

bool read_number(std::string_view& rest, std::uint16_t& number) {
    std::size_t digits = 0;
    unsigned value = 0;
    while (digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9' && digits < 4) value = value * 10 + static_cast<unsigned>(rest[digits++] - '0');
    rest.remove_prefix(digits);
    number = static_cast<std::uint16_t>(value);
    return digits > 0 && value <= Shape::longest;
}

/// `?`, `{n}`, `{m,n}` or nothing.
bool read_repeat(std::string_view& rest, Shape::Item& item) {
    if (rest.empty()) return true;
    if (rest.front() == '?') {
        item.least = 0;
        rest.remove_prefix(1);
    } else if (rest.front() == '{') {
        rest.remove_prefix(1);
        if (!read_number(rest, item.least)) return false;
        item.most = item.least;
        if (!rest.empty() && rest.front() == ',') {
            rest.remove_prefix(1);
            if (!read_number(rest, item.most)) return false;
        }
        if (rest.empty() || rest.front() != '}' || item.most < item.least || item.most == 0) return false;
        rest.remove_prefix(1);
    }
    // `??` and the like: lazy or nested repeats.
    return rest.empty() || (rest.front() != '?' && rest.front() != '*' && rest.front() != '+' && rest.front() != '{');
}

/// Whether each character has one item that it can belong to: then taking as many as fit is the only way.
bool decided(const std::vector<Shape::Item>& items) {
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (items[i].least == items[i].most) continue;
        for (std::size_t next = i + 1; next < items.size(); ++next) {
            if (items[i].chars.meets(items[next].chars)) return false;
            if (items[next].least > 0) break;
        }
    }
    return true;
}

}  // namespace

std::optional<Shape> Shape::parse(std::string_view pattern) {
    Shape shape;
    while (!pattern.empty()) {
        Item item;
        if (!read_class(pattern, item.chars) || item.chars.empty() || !read_repeat(pattern, item)) return std::nullopt;
        shape.items_.push_back(item);
    }
    if (shape.items_.empty() || shape.most() > longest || !decided(shape.items_)) return std::nullopt;
    return shape;
}

std::size_t Shape::most() const {
    std::size_t sum = 0;
    for (const auto& item : items_) sum += item.most;
    return sum;
}

}  // namespace bordergate
