#include "filters/body/json_string.hpp"

#include <cstdint>
#include <optional>

#include "config/utf8.hpp"

namespace bordergate {

namespace {

constexpr std::uint32_t replacement_character = 0xfffd;

std::optional<std::uint32_t> hex4(std::string_view digits) {
    std::uint32_t value = 0;
    for (char c : digits) {
        value <<= 4;
        if (c >= '0' && c <= '9') value |= static_cast<std::uint32_t>(c - '0');
        else if (c >= 'a' && c <= 'f') value |= static_cast<std::uint32_t>(c - 'a' + 10);
        else if (c >= 'A' && c <= 'F') value |= static_cast<std::uint32_t>(c - 'A' + 10);
        else return std::nullopt;
    }
    return value;
}

struct Unit {
    std::size_t raw = 0;  ///< bytes used; 0: incomplete
    std::uint32_t code_point = 0;
    bool malformed = false;
};

/// The escape that starts `raw` (a backslash).
Unit escape_unit(std::string_view raw) {
    if (raw.size() < 2) return {};
    static constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    if (const auto simple = letters.find(raw[1]); simple != std::string_view::npos) return {2, static_cast<unsigned char>(meanings[simple]), false};
    if (raw[1] != 'u') return {0, 0, true};
    const auto first = hex4(raw.substr(2, 4));
    if (!first) return {0, 0, true};
    if (raw.size() < 6) return {};
    if (*first < 0xd800 || *first > 0xdfff) return {6, *first, false};
    if (*first >= 0xdc00) return {6, replacement_character, false};
    // A high half: its low half may follow, or may still be on its way.
    const auto rest = raw.substr(6);
    const bool may_follow = std::string_view("\\u").starts_with(rest.substr(0, 2)) && (rest.size() <= 2 || hex4(rest.substr(2, 4)));
    if (rest.size() < 6 && may_follow) return {};
    if (rest.size() >= 6 && rest.starts_with("\\u")) {
        const auto second = hex4(rest.substr(2, 4));
        if (second && *second >= 0xdc00 && *second <= 0xdfff) return {12, 0x10000 + ((*first - 0xd800) << 10) + (*second - 0xdc00), false};
    }
    return {6, replacement_character, false};
}

constexpr std::size_t utf8_size(std::uint32_t code_point) { return code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4; }

/// A string that is known to end here has no low half to wait for.
Unit final_unit(std::string_view raw) {
    Unit unit = escape_unit(raw);
    if (unit.raw == 0 && !unit.malformed && raw.size() >= 6) unit = {6, replacement_character, false};
    return unit;
}

}  // namespace

std::size_t unescape_json(std::string_view raw, bool whole, std::string& text) {
    std::size_t i = 0;
    while (i < raw.size()) {
        const auto stop = std::min(raw.find('\\', i), raw.size());
        text.append(raw.substr(i, stop - i));
        i = stop;
        if (i == raw.size()) break;
        const Unit unit = whole ? final_unit(raw.substr(i)) : escape_unit(raw.substr(i));
        if (unit.malformed) return std::string_view::npos;
        if (unit.raw == 0) return i;
        append_utf8(unit.code_point, text);
        i += unit.raw;
    }
    return i;
}

std::size_t unescape_json_front(std::string_view raw, std::string& text) {
    auto used = unescape_json(raw, false, text);
    if (used == std::string_view::npos) return used;
    const auto tail = used == raw.size() ? incomplete_utf8_tail(raw) : 0;
    text.resize(text.size() - tail);
    used -= tail;
    return find_invalid_utf8(raw.substr(0, used)) == std::string_view::npos ? used : std::string_view::npos;
}

bool well_escaped(std::string_view raw) {
    for (auto i = raw.find('\\'); i != std::string_view::npos; i = raw.find('\\', i)) {
        const Unit unit = final_unit(raw.substr(i));
        if (unit.malformed || unit.raw == 0) return false;
        i += unit.raw;
    }
    return true;
}

void escape_json(std::string_view text, std::string& out) {
    static constexpr std::string_view hex = "0123456789abcdef";
    for (char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            case '\b': out += "\\b"; break;
            case '\f': out += "\\f"; break;
            default:
                if (byte < 0x20)
                    (out.append("\\u00") += hex[byte >> 4]) += hex[byte & 15];
                else
                    out += c;
        }
    }
}

std::size_t RawCursor::advance(std::size_t target) {
    while (text_position_ < target && raw_position_ < raw_.size()) {
        if (raw_[raw_position_] != '\\') {
            ++raw_position_;
            ++text_position_;
            continue;
        }
        const Unit unit = final_unit(raw_.substr(raw_position_));
        raw_position_ += unit.raw ? unit.raw : 1;
        text_position_ += utf8_size(unit.code_point);
    }
    return raw_position_;
}

}  // namespace bordergate
