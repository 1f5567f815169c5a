// JSONPath (RFC 9535), the part that can be decided while a document streams: names, indices and slices from the front,
// `*`, unions of these, `..` before any of them, and filters over the value that they choose (json_filter.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "filters/fault.hpp"

namespace bordergate {

struct JsonFilter;

/// Where a value stands in its parent: under a name, or at an index.
struct JsonStep {
    std::string_view name;
    std::size_t index = 0;
    bool in_array = false;
};

/// One selector between brackets, or after a dot.
struct JsonChoice {
    enum class Kind : std::uint8_t { name, wildcard, slice, filter } kind = Kind::wildcard;
    bool index = false;       ///< of a slice: it was written as one index
    unsigned number = 0;      ///< of a filter: its place among those of its path
    std::string name;
    std::size_t from = 0, to = std::numeric_limits<std::size_t>::max(), every = 1;  ///< of a slice; [from, to)
    std::shared_ptr<const JsonFilter> filter;

    /// `answers`: bit i says whether filter i holds for the value.
    bool selects(const JsonStep& step, std::uint64_t answers) const;
    bool may_meet(const JsonChoice& other) const;
};

struct JsonSegment {
    bool descendant = false;
    std::vector<JsonChoice> choices;

    bool selects(const JsonStep& step, std::uint64_t answers) const;
    bool may_meet(const JsonSegment& other) const;
    /// Whether it can choose one value of each container at most.
    bool singular() const;
    /// The same as the grammar has it: one name or index.
    bool singular_as_written() const;
};

class JsonPath {
  public:
    /// How far a path has matched on the way to a value: bit i says that its first i segments have. 0: no value below
    /// can be selected. One step costs what the path has segments, however deep the document.
    using State = std::uint64_t;
    static constexpr State root = 1;
    /// Of filters that nobody has asked: they count as if they held, so that no value is taken for less than it may be.
    static constexpr std::uint64_t unasked = ~std::uint64_t{0};
    static constexpr std::size_t most_segments = 63, most_filters = 64;

    /// Fault (internal) with the column (in characters, from 1) and the reason, for what RFC 9535 does not allow, and
    /// for what cannot be decided while a document streams. `hint`, if it is not null, then says what to write.
    static Result<JsonPath> compile(std::string_view text, std::string* hint = nullptr);

    /// The state of the value at `step` below one of state `parent`. `answers`: of its filters, bit by number.
    State advance(State parent, const JsonStep& step, std::uint64_t answers = unasked) const;
    bool selects(State state) const { return (state >> segments_.size() & 1) != 0; }

    /// Whether it has filters: what they say of each value must be known to tell what it selects.
    bool filtered() const { return !filters_.empty(); }
    /// The filters, by number.
    struct Filter {
        std::size_t segment;
        std::shared_ptr<const JsonFilter> filter;
    };
    std::span<const Filter> filters() const { return filters_; }
    /// What they say of a value that is the string `text`.
    std::uint64_t answers_for(std::string_view text) const;

    /// True if the value at `steps` (from the root) is selected, if all filters hold.
    bool matches(std::span<const JsonStep> steps) const;
    /// Of the value, and all that it stands in, the innermost that is selected: one more than the steps to it; 0: none is.
    /// If all filters hold.
    std::size_t selected_depth(std::span<const JsonStep> steps) const;
    /// False if no document has a value that both select. (True may be too much where both have a `..`, and of filters.)
    bool may_meet(const JsonPath& other) const;
    /// Of a selected value at `depth` steps from the root: how many of them lead to the record that it is of, which is what
    /// the last `*`, slice, union or filter chose, the object in which the last `..name` found its name, or else the document.
    std::size_t record_depth(std::size_t depth) const;
    /// The names that it asks of values right under the root, as those of columns are; none if it selects nothing there, or
    /// all that stands there. They are its own.
    std::vector<std::string_view> names_under_root() const;
    const std::string& text() const { return text_; }

  private:
    friend class JsonPathParser;
    std::string text_;
    std::vector<JsonSegment> segments_;
    std::vector<Filter> filters_;
};

}  // namespace bordergate
