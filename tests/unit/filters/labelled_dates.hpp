// Dates as they are written in many countries, in sentences of their languages, and what only looks like a date. The names
// of months are written down here once more, so that a wrong one among the recogniser's shows.
#pragma once

#include <random>
#include <string>

#include "tests/unit/filters/labelled_texts.hpp"

namespace bordergate::testing {

class LabelledDates {
  public:
    explicit LabelledDates(unsigned seed) : random_(seed) {}

    /// How many ways of writing there are.
    static std::size_t forms();
    /// Of one of them: its country (ISO 3166-1), or ISO where machines write so.
    static std::string country(std::size_t form);
    /// A sentence with a date written so, every other time with a time of day behind it, which is part of the span.
    LabelledText sentence(std::size_t form);
    /// A sentence with versions, addresses, fractions and numbers of sections in it, and no date.
    std::string no_date();

  private:
    std::size_t pick(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_); }
    std::string written(const std::string& form, const std::string& language);
    std::mt19937 random_;
};

}  // namespace bordergate::testing
