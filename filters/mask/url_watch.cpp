#include "filters/mask/url_watch.hpp"

#include "filters/mask/label_characters.hpp"

namespace bordergate {

namespace {

constexpr std::uint8_t longest_scheme = 32;  ///< longer ones are none

constexpr bool blank(char c) { return static_cast<unsigned char>(c) <= ' '; }
/// Browsers drop them wherever they stand in a URL.
constexpr bool dropped(char c) { return c == '\t' || c == '\n' || c == '\r'; }
/// RFC 3986, 3.1.
constexpr bool in_scheme(char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; }

/// Of an attribute or a target of markdown, which need no scheme.
constexpr bool opens_at_once(char c) { return c == '"' || c == '\'' || c == '(' || c == '<' || c == '='; }

constexpr char partner(char opener) {
    switch (opener) {
        case '(': return ')';
        case '[': return ']';
        case '{': return '}';
        case '<': return '>';
        default: return opener;
    }
}

}  // namespace

bool UrlWatch::opens(char c) { return c == '"' || c == '\'' || c == '`' || c == '(' || c == '[' || c == '{' || c == '<' || c == '='; }

void UrlWatch::outside(char c) {
    if (slashes_ > 0 && dropped(c)) return;
    // Behind a colon browsers take a backslash for a slash; `\/` is one of JSON in any case.
    const bool counted = c == '/' ? !(named_ && last_ == '\\') : c == '\\' && named_;
    if (slashes_ > 0 && (c == '/' || c == '\\')) {
        if (counted && ++slashes_ == 3) {
            inside_ = true;
            ending_ = false;
            slashes_ = 0;
            before_ = '\0';
            depth_ = 1;
        }
        return;
    }
    if (in_scheme(c)) {
        slashes_ = 0;
        if (scheme_ < longest_scheme) ++scheme_;
        else before_ = '\0';
        return;
    }
    if (c == ' ' && before_ == '=' && scheme_ == 0) return;
    const bool colon = c == ':';
    slashes_ = colon || opens_at_once(c) ? 1 : 0;
    named_ = colon && scheme_ != 1;
    opener_ = colon ? before_ : c;
    before_ = c;
    scheme_ = 0;
}

void UrlWatch::inside(char c) {
    if (ending_ && !in_label(c)) {
        inside_ = false;
        outside(c);
        return;
    }
    if (ending_) depth_ = 1;
    ending_ = false;
    bool ended = false;
    switch (opener_) {
        case '"':
        case '\'': ending_ = c == opener_; break;
        case '`':
            ending_ = c == opener_;
            ended = blank(c);
            break;
        case '<': ended = c == '>' || c == '\n' || c == '\r'; break;
        case '(':
        case '[':
        case '{':
            if (c == opener_ && last_ != '\\') ++depth_;
            ending_ = c == partner(opener_) && last_ != '\\' && --depth_ == 0;
            ended = blank(c);
            break;
        case '=': ended = blank(c) || c == '>'; break;
        default:
            ending_ = c == '"';
            ended = blank(c) || c == '<' || c == '>';
    }
    if (!ended) return;
    inside_ = false;
    outside(c);
}

}  // namespace bordergate
