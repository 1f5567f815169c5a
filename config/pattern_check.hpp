// Whether a regular expression can be a recogniser's: it is one (RE2's syntax), it does not match nothing, its matches have
// a bound, and it asks for no end of the text: what is longer than a scanner looks, and where it begins and ends to look,
// could be told apart only by how a message was split.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bordergate {

/// The most bytes that a recogniser's match may have.
inline constexpr std::size_t longest_pattern_match = 256;

/// What is wrong with `pattern`; nothing if it is sound.
std::optional<std::string> pattern_mistake(const std::string& pattern);

/// The most bytes that a match of `pattern`, a sound regular expression, can have; nothing if there is no bound.
std::optional<std::size_t> longest_match(std::string_view pattern);

}  // namespace bordergate
