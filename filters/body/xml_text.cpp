#include "filters/body/xml_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "config/utf8.hpp"
#include "filters/ascii.hpp"

namespace bordergate {

namespace {

constexpr std::array<std::pair<std::string_view, char>, 5> entities{{{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};

/// 2.2: Char.
constexpr bool is_char(std::uint32_t code) {
    return code == 0x9 || code == 0xa || code == 0xd || (code >= 0x20 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}

bool decode_number(std::string_view digits, std::string& out) {
    const bool hex = digits.starts_with('x');
    if (hex) digits.remove_prefix(1);
    if (digits.empty()) return false;
    std::uint32_t code = 0;
    for (const char c : digits) {
        const int digit = hex ? hex_value(c) : is_digit(c) ? c - '0' : -1;
        if (digit < 0) return false;
        code = code * (hex ? 16U : 10U) + static_cast<std::uint32_t>(digit);
        if (code > 0x10ffff) return false;
    }
    if (!is_char(code)) return false;
    append_utf8(code, out);
    return true;
}

}  // namespace

bool is_xml_space(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return is_xml_space(c); });
}

std::string_view without_xml_space(std::string_view text) {
    while (!text.empty() && is_xml_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_xml_space(text.back())) text.remove_suffix(1);
    return text;
}

bool decode_xml_reference(std::string_view raw, std::string& out) {
    if (raw.size() < 3 || raw.front() != '&' || raw.back() != ';') return false;
    const auto name = raw.substr(1, raw.size() - 2);
    if (name.starts_with('#')) return decode_number(name.substr(1), out);
    for (const auto& [entity, meant] : entities)
        if (name == entity) {
            out += meant;
            return true;
        }
    return false;
}

bool fits_xml(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x20 && !is_xml_space(text[i])) return false;
        // U+FFFE and U+FFFF are the only others that valid UTF-8 can say.
        if (byte == 0xef && text.substr(i, 2) == "\xef\xbf" && i + 2 < text.size() && static_cast<unsigned char>(text[i + 2]) > 0xbd) return false;
    }
    return true;
}

/// A `>` behind two brackets: the section ends, and begins again before it.
void XmlWriter::bracket_closed(std::string& out) const {
    if (position_ == XmlPosition::section) out.append("]]><![CDATA[>");
    else out.append("&gt;");
}

void XmlWriter::write_special(char c, std::string& out) {
    if (position_ == XmlPosition::section) {
        // A reader takes a bare carriage return for a line feed, and a section has no references.
        if (c == '\r') out.append("]]>&#13;<![CDATA[");
        else if (c == '>' && brackets_ >= 2) bracket_closed(out);
        else out += c;
        return;
    }
    const bool quoted = position_ != XmlPosition::text;
    if (c == '&') out.append("&amp;");
    else if (c == '<') out.append("&lt;");
    else if (c == '>') out.append("&gt;");
    else if (c == '"' && position_ == XmlPosition::in_quotes) out.append("&quot;");
    else if (c == '\'' && position_ == XmlPosition::in_apostrophes) out.append("&#39;");
    else if (c == '\r' || (quoted && (c == '\t' || c == '\n'))) out.append(c == '\r' ? "&#13;" : c == '\n' ? "&#10;" : "&#9;");
    else out += c;
}

bool XmlWriter::write(std::string_view text, std::string& out) {
    if (!fits_xml(text)) return false;
    for (const char c : text) {
        write_special(c, out);
        brackets_ = c == ']' ? brackets_ + 1 : 0;
    }
    return true;
}

void XmlWriter::keep(std::string_view raw, std::string& out) {
    if (position_ == XmlPosition::in_quotes || position_ == XmlPosition::in_apostrophes) {
        out.append(raw);
        return;
    }
    // Only together with what was written before can it say `]]>`.
    const auto leading = std::min(raw.find_first_not_of(']'), raw.size());
    if (brackets_ > 0 && leading < raw.size() && raw[leading] == '>' && brackets_ + leading >= 2) {
        out.append(raw.substr(0, leading));
        bracket_closed(out);
        raw.remove_prefix(leading + 1);
        brackets_ = 0;
    }
    out.append(raw);
    const auto last = raw.find_last_not_of(']');
    brackets_ = last == std::string_view::npos ? brackets_ + raw.size() : raw.size() - last - 1;
}

void XmlWriter::keep_reference(std::string_view raw, std::string& out) {
    out.append(raw);
    brackets_ = 0;
}

}  // namespace bordergate
