// JSONPath (RFC 9535), the part that can be decided while a document streams: `$`, `.name`, `['name']`, `[0]`, `[1:3]`,
// `*`, unions of these, and `..` before any of them.
#pragma once

#include <cstddef>
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
    /// Fault (internal) with the position and the reason, for what is malformed or cannot stream (filters,
    /// negative indices, steps of slices).
    static Result<JsonPath> compile(std::string_view text);

    /// True if the value at `steps` (from the root) is selected.
    bool matches(std::span<const JsonStep> steps) const { return matches(steps, 0); }
    const std::string& text() const { return text_; }

  private:
    friend class JsonPathParser;
    struct Choice {
        enum class Kind { name, wildcard, slice } kind = Kind::wildcard;
        std::string name;
        std::size_t from = 0, to = std::numeric_limits<std::size_t>::max();
        bool selects(const JsonStep& step) const;
    };
    struct Segment {
        bool descendant = false;
        std::vector<Choice> choices;
    };
    bool matches(std::span<const JsonStep> steps, std::size_t segment) const;
    std::string text_;
    std::vector<Segment> segments_;
};

}  // namespace bordergate
