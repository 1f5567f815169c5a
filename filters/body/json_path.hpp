// JSONPath (RFC 9535), the part that can be decided while a document streams: `$`, `.name`, `['name']`, `[0]`, `[1:3]`,
// `*`, unions of these, and `..` before any of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "filters/fault.hpp"

namespace bordergate {

/// Where a value stands in its parent: under a name, or at an index.
struct JsonStep {
    std::string_view name;
    std::size_t index = 0;
    bool in_array = false;
};

class JsonPath {
  public:
    /// How far a path has matched on the way to a value: bit i says that its first i segments have. 0: no value below
    /// can be selected. One step costs what the path has segments, however deep the document.
    using State = std::uint64_t;
    static constexpr State root = 1;

    /// Fault (internal) with the position and the reason, for what is malformed or cannot stream (filters,
    /// negative indices, steps of slices).
    static Result<JsonPath> compile(std::string_view text);

    /// The state of the value at `step` below one of state `parent`.
    State advance(State parent, const JsonStep& step) const;
    bool selects(State state) const { return (state >> segments_.size() & 1) != 0; }

    /// True if the value at `steps` (from the root) is selected.
    bool matches(std::span<const JsonStep> steps) const;
    /// Of the value, and all that it stands in, the innermost that is selected: one more than the steps to it; 0: none is.
    std::size_t selected_depth(std::span<const JsonStep> steps) const;
    /// False if no document has a value that both select. (True may be too much where both have a `..`.)
    bool may_meet(const JsonPath& other) const;
    /// Of a selected value at `depth` steps from the root: how many of them lead to the record that it is of, which is what
    /// the last `*`, slice or union chose, the object in which the last `..name` found its name, or else the document.
    std::size_t record_depth(std::size_t depth) const;
    /// The names that it asks of values right under the root, as those of columns are; none if it selects nothing there, or
    /// all that stands there. They are its own.
    std::vector<std::string_view> names_under_root() const;
    const std::string& text() const { return text_; }

  private:
    friend class JsonPathParser;
    static constexpr std::size_t most_segments = 63;
    struct Choice {
        enum class Kind { name, wildcard, slice } kind = Kind::wildcard;
        std::string name;
        std::size_t from = 0, to = std::numeric_limits<std::size_t>::max();
        bool selects(const JsonStep& step) const;
        bool may_meet(const Choice& other) const;
    };
    struct Segment {
        bool descendant = false;
        std::vector<Choice> choices;
        bool selects(const JsonStep& step) const;
        bool may_meet(const Segment& other) const;
        /// Whether it can choose one value of each container at most.
        bool singular() const;
    };
    std::string text_;
    std::vector<Segment> segments_;
};

}  // namespace bordergate
