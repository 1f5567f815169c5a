// How good detection is, against texts in which people have labelled what is there: recall, precision and F1 per entity.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bordergate {

/// Bytes [begin, end) of a text are of this entity.
struct LabelledSpan {
    std::string entity;
    std::size_t begin = 0, end = 0;
};

class Evaluation {
  public:
    struct Score {
        std::uint64_t labelled = 0;  ///< spans that people labelled
        std::uint64_t found = 0;     ///< of these, spans that a match of the same entity overlaps
        std::uint64_t exact = 0;     ///< of these, those with the same bounds
        std::uint64_t matches = 0;   ///< matches of this entity
        std::uint64_t right = 0;     ///< of these, matches that overlap a span of the same entity
        double recall() const { return labelled == 0 ? 1 : static_cast<double>(found) / static_cast<double>(labelled); }
        double precision() const { return matches == 0 ? 1 : static_cast<double>(right) / static_cast<double>(matches); }
        double f1() const {
            const double sum = recall() + precision();
            return sum == 0 ? 0 : 2 * recall() * precision() / sum;
        }
    };

    /// One text: what is labelled in it, and what was matched.
    void add(const std::vector<LabelledSpan>& labelled, const std::vector<LabelledSpan>& matched);
    /// By entity, those that were labelled or matched.
    const std::map<std::string, Score, std::less<>>& scores() const { return scores_; }
    /// Of all entities together.
    Score total() const;

  private:
    std::map<std::string, Score, std::less<>> scores_;
};

/// The byte at which the character number `index` of `text` begins; its size if there are not so many.
std::size_t byte_of_character(std::string_view text, std::size_t index);

}  // namespace bordergate
