#include "filters/detect/recognisers.hpp"

namespace bordergate::recognise {

namespace {

constexpr std::size_t longest_local = 64;    // RFC 5321, 4.5.3.1.1
constexpr std::size_t longest_domain = 253;  // RFC 1035, 2.3.4 as text

constexpr bool is_local(char c) {
    return is_letter(c) || is_digit(c) || std::string_view("._%+-'=&~#!").find(c) != std::string_view::npos;
}

}  // namespace

std::optional<Found> email(std::string_view text, std::size_t at) {
    std::size_t begin = at;
    while (begin > 0 && at - begin <= longest_local && is_local(text[begin - 1])) --begin;
    // The `name=` of a query or a log line is not part of an address; after a plus it is: a return path has one inside.
    for (std::size_t i = begin; i < at && text[i] != '+'; ++i)
        if (text[i] == '=') begin = i + 1;
    // Nor is punctuation around it.
    while (begin < at && !is_letter(text[begin]) && !is_digit(text[begin])) ++begin;
    if (begin == at || at - begin > longest_local || text[at - 1] == '.') return std::nullopt;

    std::size_t end = at + 1, label = end, last_dot = 0;
    for (; end < text.size() && end - at <= longest_domain; ++end) {
        const char c = text[end];
        if (c == '.') {
            if (end == label || text[end - 1] == '-') break;
            last_dot = end;
            label = end + 1;
        } else if (c == '-') {
            if (end == label) break;
        } else if (!is_letter(c) && !is_digit(c)) {
            break;
        }
    }
    // A sentence's full stop, or a hyphen, is not part of the domain.
    while (end > at + 1 && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
    if (last_dot >= end) last_dot = text.substr(0, end).rfind('.');
    if (last_dot == std::string_view::npos || last_dot <= at) return std::nullopt;
    std::size_t letters = 0;
    for (std::size_t i = last_dot + 1; i < end; ++i) letters += is_letter(text[i]) ? 1 : 0;
    if (letters < 2 || word_at(text, end)) return std::nullopt;
    return Found{begin, end, 1.0F};
}

}  // namespace bordergate::recognise
