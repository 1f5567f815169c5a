#include "filters/body/media_type.hpp"

#include <algorithm>

#include "filters/ascii.hpp"
#include "filters/message.hpp"

namespace bordergate {

namespace {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// tchar of RFC 9110, 5.6.2.
constexpr bool in_token(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}
bool is_token(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), in_token); }

/// Takes the token that `text` begins with, which may be empty.
std::string_view take_token(std::string_view& text) {
    const auto end = std::find_if_not(text.begin(), text.end(), in_token);
    const auto token = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(token.size());
    return token;
}

/// Takes the quoted string (5.6.4) that `text` begins with; false if it is none.
bool take_quoted(std::string_view& text, std::string& out) {
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') {
            text.remove_prefix(i + 1);
            return true;
        }
        if (text[i] == '\\' && ++i == text.size()) return false;
        if ((static_cast<unsigned char>(text[i]) < 0x20 && text[i] != '\t') || text[i] == 0x7f) return false;
        out += text[i];
    }
    return false;
}

Fault malformed() { return fault(Code::body_invalid, "a parameter is not written as RFC 9110 has it"); }

}  // namespace

Result<Parameters> Parameters::read(std::string_view text) {
    Parameters read;
    for (;;) {
        while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
        if (text.empty()) return read;
        if (text.front() != ';') return malformed();
        text.remove_prefix(1);
        while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
        // Nothing need stand between two semicolons.
        if (text.empty() || text.front() == ';') continue;
        Parameter one{lower(take_token(text)), {}};
        if (one.name.empty() || !text.starts_with('=')) return malformed();
        text.remove_prefix(1);
        if (!text.starts_with('"')) {
            one.value = take_token(text);
            if (one.value.empty()) return malformed();
        } else if (!take_quoted(text, one.value)) {
            return malformed();
        }
        if (read.find(one.name)) return fault(Code::body_invalid, "a parameter is given twice");
        read.all_.push_back(std::move(one));
    }
}

const std::string* Parameters::find(std::string_view name) const {
    const auto found = std::find_if(all_.begin(), all_.end(), [name](const Parameter& one) { return equal_fold(one.name, name); });
    return found == all_.end() ? nullptr : &found->value;
}

std::string_view media_type_name(std::string_view field) {
    field = trimmed(field);
    return field.substr(0, std::min(field.find_first_of("; \t"), field.size()));
}

Result<MediaType> MediaType::read(std::string_view field) {
    field = trimmed(field);
    const auto name = media_type_name(field);
    const auto slash = std::min(name.find('/'), name.size());
    if (!is_token(name.substr(0, slash)) || !is_token(name.substr(std::min(slash + 1, name.size())))) return fault(Code::body_invalid, "the content type is none");
    auto parameters = Parameters::read(field.substr(name.size()));
    if (parameters.has_error()) return fault(Code::body_invalid, "the content type cannot be read: " + parameters.error().detail);
    return MediaType{lower(name), std::move(*parameters)};
}

}  // namespace bordergate
