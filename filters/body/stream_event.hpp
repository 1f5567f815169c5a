// What one event of a chat stream says: its pieces of text, and which choices it ends.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "filters/body/json_path.hpp"
#include "filters/fault.hpp"

namespace bordergate {

/// A piece of a joined text inside the JSON of an event.
struct TextPiece {
    std::string thread;     ///< the path, with declared indices: one thread of text
    std::size_t begin = 0;  ///< raw bytes between the quotes
    std::size_t end = 0;
};

struct StreamEvent {
    std::vector<TextPiece> pieces;
    std::vector<std::string> ended;  ///< path prefixes (`/choices/#0/`) whose texts end with this event
};

/// Finds both in `json`. Fault body_invalid if it is not JSON.
Result<StreamEvent> read_stream_event(std::string_view json, std::span<const JsonPath> stream_text, std::size_t depth);

}  // namespace bordergate
