// What the filters of paths say of the values of one document, kept between the reader that runs ahead and the one that
// does the work.
#pragma once

#include <cstdint>
#include <vector>

#include "filters/body/json_path.hpp"

namespace bordergate {

/// Rows in the order of the document, one for each value and path whose filters were asked about it.
class JsonAnswers {
  public:
    /// Row of a value that begins at byte `position`, for the filters `asked` (bit by number) of `path`, which is borrowed.
    std::size_t ask(std::uint64_t position, const JsonPath& path, std::uint64_t asked);
    void answer(std::size_t row, unsigned filter, bool holds);
    /// Everything before this byte has its answers.
    std::uint64_t settled(std::uint64_t received);

    /// Nothing is asked any more about values that begin before this byte.
    void forget_before(std::uint64_t position);
    /// Rows that are kept, but for some that are forgotten and not worth moving the others.
    std::size_t kept() const { return rows_.size(); }

    /// Answers for the value at `position`, bit by number of the filter; of filters that were not asked, JsonPath::unasked.
    /// Positions must not decrease: what lies before them is forgotten.
    std::uint64_t of(const JsonPath& path, std::uint64_t position);

  private:
    struct Row {
        std::uint64_t position;
        const JsonPath* path;
        std::uint64_t answers, unknown;
    };
    std::vector<Row> rows_;
    std::size_t forgotten_ = 0;  ///< rows that came before rows_
    std::size_t next_ = 0;       ///< in rows_: the first that may still be asked for
    std::size_t settled_ = 0;    ///< in rows_: all before it are known
};

}  // namespace bordergate
