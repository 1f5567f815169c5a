// Texts in which what is personal is known: made from the recognisers' own tables, so that every entity and every country is
// there, in sentences of the languages where it stands, among numbers that are nothing.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "config/recogniser_spec.hpp"
#include "filters/detect/evaluation.hpp"

namespace bordergate::testing {

struct LabelledText {
    std::string text;
    std::vector<LabelledSpan> spans;
};

class LabelledTexts {
  public:
    explicit LabelledTexts(unsigned seed) : random_(seed) {}

    /// A sentence that holds one value of `spec`, announced by one of its words where it needs that, and else every other time.
    LabelledText sentence(const RecogniserSpec& spec);
    /// A value of it: of one of its patterns, with check digits that are right. Empty if none is found.
    std::string value(const RecogniserSpec& spec);
    std::string email();
    std::string iban();
    std::string card();
    std::string ipv4();
    /// In international form, of twelve countries.
    std::string phone();
    /// Running text with numbers in it that are nothing: orders, times since the epoch, prices, versions, hashes.
    std::string noise();
    std::string digits(std::size_t count);

  private:
    std::size_t pick(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_); }
    template <class List>
    const auto& any(const List& list) {
        return list[pick(std::size(list))];
    }
    std::string from_pattern(const std::string& pattern);
    std::mt19937 random_;
};

}  // namespace bordergate::testing
