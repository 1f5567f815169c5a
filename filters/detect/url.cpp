// Addresses with a scheme (RFC 3986), and those that hold a password.
#include <algorithm>

#include "filters/detect/recognisers.hpp"

namespace bordergate::recognise {

namespace {

constexpr std::size_t longest_scheme = 24, longest_user = 200, longest_host = 253, longest_rest = 400;

constexpr bool is_scheme(char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; }
constexpr bool is_host(char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_' || c == ':' || c == '[' || c == ']'; }
constexpr bool ends_address(char c) { return static_cast<unsigned char>(c) <= ' ' || std::string_view("\"'<>`\\").find(c) != std::string_view::npos; }
constexpr bool ends_authority(char c) { return c == '/' || c == '?' || c == '#'; }

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
    return !password.empty() && (password.starts_with("${") || password.starts_with("$(") || (password.front() == '{' && password.back() == '}') || password.find_first_not_of("*xX.") == std::string_view::npos);
}

/// `host:8080`, `a:27017,b:27017`, `[::1]:80`, `host:${PORT}`, `C:`: what stands there where there is no password.
bool is_host_list(std::string_view authority) {
    if (authority.starts_with('[')) return true;
    while (!authority.empty()) {
        const auto one = authority.substr(0, authority.find(','));
        authority.remove_prefix(std::min(authority.size(), one.size() + 1));
        const auto colon = one.find(':');
        if (colon == std::string_view::npos) continue;
        const auto port = one.substr(colon + 1);
        const bool drive = colon == 1 && port.empty() && one.front() >= 'A' && one.front() <= 'Z';
        const bool number = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string_view::npos;
        if (colon == 0 || !(number || drive || is_place(port))) return false;
    }
    return true;
}

/// Where the `@` stands behind the user and the password with which text[user, …) begins; 0 if there is no password. The
/// last `@` counts: passwords may have one that should have been escaped, as `/`, `?` and `#` should.
std::size_t password_end(std::string_view text, std::size_t user) {
    std::size_t password = 0, sign = 0, authority = 0;
    for (std::size_t at = user; at + 1 < text.size() && at - user < longest_user && !ends_address(text[at]); ++at) {
        const char c = text[at], next = text[at + 1];
        if (authority == 0 && ends_authority(c)) {
            authority = at;
            // Without a password so far, one with such a character must have begun: what stands there is no port.
            const auto host = text.substr(sign == 0 ? user : sign + 1, at - (sign == 0 ? user : sign + 1));
            const bool another = text.substr(at - 1).starts_with("://");
            if (password == 0 || another || (password > sign && is_host_list(host))) break;
        }
        if (c == ':' && password == 0) password = at + 1;
        // `/@name` is a path.
        if (c == '@' && (authority == 0 ? !ends_address(next) : text[at - 1] != '/' && (is_letter(next) || is_digit(next) || next == '['))) sign = at;
    }
    const std::size_t part = authority > 0 ? std::min(sign, authority) : sign;
    if (password == 0 || password >= sign || is_place(text.substr(password, part - password))) return 0;
    return sign;
}

}  // namespace

std::optional<Found> connection(std::string_view text, std::size_t colon) {
    const std::size_t begin = scheme_begin(text, colon);
    if (begin == colon) return std::nullopt;
    const std::size_t sign = password_end(text, colon + 3);
    if (sign == 0) return std::nullopt;
    std::size_t end = sign + 1;
    while (end < text.size() && end - sign <= longest_host && is_host(text[end])) ++end;
    while (end > sign + 1 && !is_letter(text[end - 1]) && !is_digit(text[end - 1]) && text[end - 1] != ']') --end;
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
