#include "filters/detect/private_key.hpp"

#include <algorithm>

#include "filters/detect/recognisers.hpp"

namespace bordergate {

namespace {

constexpr std::string_view begins = "-----BEGIN ", ends = "-----END ", dashes = "-----";
constexpr std::size_t longest_label = 48, longest_break = 32, shortest_key = 16, shortest_line = 60;

constexpr bool is_base64(char c) { return is_digit(c) || is_letter(c) || c == '+' || c == '/' || c == '='; }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// The end of the marker whose label begins at `label`; 0 if it is none of a private key.
std::size_t marker_end(std::string_view text, std::size_t label) {
    const auto close = text.substr(label, longest_label).find(dashes);
    if (close == std::string_view::npos) return 0;
    const auto name = text.substr(label, close);
    return name.ends_with("PRIVATE KEY") || name.ends_with("PRIVATE KEY BLOCK") ? label + close + dashes.size() : 0;
}

std::size_t skip_blanks(std::string_view text, std::size_t at) {
    const std::size_t most = std::min(text.size(), at + longest_break);
    while (at < most && is_blank(text[at])) ++at;
    return at;
}

/// Behind the lines `Proc-Type: …`, `Version: …` and the like.
std::size_t skip_headers(std::string_view text, std::size_t at) {
    constexpr std::size_t most_headers = 8, longest_header = 128;
    at = skip_blanks(text, at);
    for (std::size_t i = 0; i < most_headers; ++i) {
        const auto line = text.substr(at, longest_header);
        const auto end = line.find('\n');
        if (end == std::string_view::npos || line.substr(0, end).find(": ") == std::string_view::npos) break;
        at = skip_blanks(text, at + end);
    }
    return at;
}

}  // namespace

std::optional<std::pair<std::size_t, std::size_t>> find_private_key(std::string_view text, std::size_t from) {
    for (auto begin = text.find(begins, from); begin != std::string_view::npos; begin = text.find(begins, begin + begins.size())) {
        const auto marked = marker_end(text, begin + begins.size());
        if (marked == 0) continue;
        std::size_t at = skip_headers(text, marked), end = at, size = 0;
        for (;;) {
            const std::size_t line = at;
            while (at < text.size() && is_base64(text[at])) ++at;
            if (at == line) break;
            size += at - line;
            end = at;
            const std::size_t next = skip_blanks(text, at);
            // Words stand behind single spaces too, but lines are long.
            if (text.substr(at, next - at).find('\n') == std::string_view::npos && at - line < shortest_line) break;
            at = next;
        }
        if (size < shortest_key) continue;
        const std::size_t closing = skip_blanks(text, end);
        if (text.substr(closing).starts_with(ends))
            if (const auto closed = marker_end(text, closing + ends.size()); closed > 0) end = closed;
        return std::pair{begin, end};
    }
    return std::nullopt;
}

}  // namespace bordergate
