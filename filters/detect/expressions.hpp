// Patterns that are regular expressions beyond a plain sequence (alternatives, groups): RE2 matches them, in time linear
// in the text whatever they are.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "filters/detect/pattern.hpp"

namespace bordergate {

class Expressions {
  public:
    Expressions();
    ~Expressions();
    Expressions(Expressions&&) noexcept;
    Expressions& operator=(Expressions&&) noexcept;

    /// Throws std::invalid_argument if `pattern` is no regular expression (start-up only; the loader has checked).
    void add(const std::string& pattern, const Weight& weight);
    /// After the last add.
    void compile();
    bool empty() const;
    /// Appends what counts in `text`, which is valid UTF-8. Behind a match that counts the search goes on; in one that does
    /// not (its check digits are wrong, or it is no whole word) at the next word, so that what stands inside is found. Returns
    /// how many searches that took: no more than `text` has characters, for each pattern, and each reads no further than the
    /// match that it finds.
    std::size_t look(std::string_view text, Surroundings& surroundings, std::vector<Sighting>& sightings) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace bordergate
