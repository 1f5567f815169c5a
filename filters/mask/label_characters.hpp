// What a label is written in: runs of [A-Za-z0-9_], in which a backslash may stand before an underscore (markdown).
#pragma once

#include <string>
#include <string_view>

#include "filters/ascii.hpp"

namespace bordergate {

constexpr bool in_label(char c) { return is_letter(c) || is_digit(c) || c == '_'; }

/// How many bytes at the end of `run` are its last `characters`, of which an underscore may have its backslash.
constexpr std::size_t bytes_of_last(std::string_view run, std::size_t characters) {
    std::size_t at = run.size();
    for (; characters > 0; --characters) at -= run[at - 1] == '_' && at > 1 && run[at - 2] == '\\' ? 2 : 1;
    return run.size() - at;
}

}  // namespace bordergate
