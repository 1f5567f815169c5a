// Long runs of the characters that tokens, keys and passwords are made of, which prose hardly has.
#pragma once

#include <cstddef>
#include <string_view>

#include "filters/byte_runs.hpp"

namespace bordergate {

constexpr bool is_token(char c) { return in_run<RunAlphabet::token>(c); }

/// The shortest run that is looked at.
inline constexpr std::size_t shortest_token_run = 16;

/// Gives each run of at least that length to `visit(begin, end)`.
template <class Visit>
void each_token_run(std::string_view text, Visit&& visit) {
    static_assert(shortest_token_run == long_run);
    for (std::size_t begin = find_long_run<RunAlphabet::token>(text, 0); begin != std::string_view::npos;) {
        std::size_t end = begin + long_run;
        while (end < text.size() && is_token(text[end])) ++end;
        visit(begin, end);
        begin = find_long_run<RunAlphabet::token>(text, end);
    }
}

}  // namespace bordergate
