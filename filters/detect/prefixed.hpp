// Secrets that begin with a telling prefix (`ghp_…`, `AKIA…`): looked for only in long runs of the characters that tokens
// are made of, which prose hardly has.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "filters/detect/pattern.hpp"
#include "filters/detect/token_runs.hpp"

namespace bordergate {

class PrefixedTokens {
  public:
    /// How many certain characters a shape must begin with, and how long it must be at least.
    static constexpr std::size_t prefix = 3, shortest = shortest_token_run;

    /// False if `pattern` has no such prefix, may be shorter, or takes what is no part of a token (a blank, a colon): it then
    /// needs another way.
    bool add(const Pattern& pattern);
    bool empty() const { return patterns_.empty(); }
    /// Appends what counts in `text`.
    void look(std::string_view text, Surroundings& surroundings, std::vector<Sighting>& sightings) const;

  private:
    void look_in(std::string_view text, std::size_t begin, std::size_t end, Surroundings& surroundings, std::vector<Sighting>& sightings) const;

    std::vector<Pattern> patterns_;
    std::unordered_map<std::uint32_t, std::vector<std::uint16_t>> by_prefix_;
};

}  // namespace bordergate
