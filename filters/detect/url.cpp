// Addresses with a scheme (RFC 3986), and those that hold a password.
#include "filters/detect/recognisers.hpp"

namespace bordergate::recognise {

namespace {

constexpr std::size_t longest_scheme = 24, longest_user = 200, longest_host = 253, longest_rest = 400;

constexpr bool is_scheme(char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; }
constexpr bool is_host(char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_' || c == ':' || c == '[' || c == ']'; }
constexpr bool ends_authority(char c) { return static_cast<unsigned char>(c) <= ' ' || std::string_view("/?#\"'<>`\\").find(c) != std::string_view::npos; }

/// Where the scheme before the colon begins; the colon if there is none.
std::size_t scheme_begin(std::string_view text, std::size_t colon) {
    if (text.substr(colon).substr(0, 3) != "://") return colon;
    std::size_t begin = colon;
    while (begin > 0 && colon - begin < longest_scheme && is_scheme(text[begin - 1])) --begin;
    while (begin < colon && !is_letter(text[begin])) ++begin;
    return word_before(text, begin) ? colon : begin;
}

/// `${NAME}`, `{name}`, `***`: a place for a password is none.
bool is_place(std::string_view password) {
    return password.starts_with("${") || password.starts_with("$(") || (password.front() == '{' && password.back() == '}') || password.find_first_not_of("*xX.") == std::string_view::npos;
}

}  // namespace

std::optional<Found> connection(std::string_view text, std::size_t colon) {
    const std::size_t begin = scheme_begin(text, colon);
    if (begin == colon) return std::nullopt;
    const std::size_t user = colon + 3;
    std::size_t at = user, password = 0, sign = 0;
    for (; at < text.size() && at - user < longest_user && !ends_authority(text[at]); ++at) {
        if (text[at] == ':' && password == 0) password = at + 1;
        if (text[at] == '@') sign = at;  // the last: passwords may have one that should have been escaped
    }
    if (sign == 0 || password == 0 || password >= sign || is_place(text.substr(password, sign - password))) return std::nullopt;
    std::size_t end = sign + 1;
    while (end < text.size() && end - sign <= longest_host && is_host(text[end])) ++end;
    while (end > sign + 1 && !is_letter(text[end - 1]) && !is_digit(text[end - 1]) && text[end - 1] != ']') --end;
    if (end == sign + 1) return std::nullopt;
    return Found{begin, end, 1.0F};
}

std::optional<Found> url(std::string_view text, std::size_t colon) {
    const std::size_t begin = scheme_begin(text, colon);
    if (begin == colon) return std::nullopt;
    std::size_t end = colon + 3;
    if (!is_host(at_or_space(text, end)) && !is_word(at_or_space(text, end))) return std::nullopt;
    while (end < text.size() && end - colon < longest_rest && static_cast<unsigned char>(text[end]) > ' ' && std::string_view("\"'<>`\\{}|^").find(text[end]) == std::string_view::npos) ++end;
    // Where the bound cuts a character of several bytes, all of it stays outside; a sentence's punctuation too.
    if (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        while (end > colon + 3 && static_cast<unsigned char>(text[--end]) < 0xc0) {}
    while (end > colon + 3 && std::string_view(".,;:!?)]").find(text[end - 1]) != std::string_view::npos) --end;
    if (end == colon + 3) return std::nullopt;
    return Found{begin, end, 0.6F};
}

}  // namespace bordergate::recognise
