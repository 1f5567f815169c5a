// What one event of a stream says: its pieces of texts that come over many events, and which of these texts it ends.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "filters/body/json_path.hpp"
#include "filters/dialect/dialect.hpp"
#include "filters/fault.hpp"

namespace bordergate {

/// The rules of an operation by which its events are read (DialectEndpoint::pieces and ends), compiled.
struct StreamRules {
    struct Piece {
        JsonPath path;
        StreamPiece rule;
    };
    std::vector<Piece> pieces;
    std::span<const std::string_view> ends;
    bool whole_events = false;  ///< no text goes on from one event to the next

    /// Of the program's own tables, whose paths are right.
    static StreamRules compile(const DialectEndpoint& endpoint);
    bool empty() const { return pieces.empty(); }
};

/// A piece of a text inside the JSON of an event.
struct TextPiece {
    std::string thread;     ///< one text: where it stands, with the indices and ids that its event declares
    std::size_t rule = 0;   ///< of StreamRules::pieces
    std::size_t begin = 0;  ///< raw bytes between the quotes
    std::size_t end = 0;
    std::size_t bytes_begin = 0, bytes_end = 0;  ///< of a token: the array that repeats it byte by byte; empty: there is none
};

struct StreamEvent {
    std::vector<TextPiece> pieces;   ///< in the order in which they stand
    std::vector<std::string> ended;  ///< beginnings of threads (`/choices/#0/`) that end with this event
    std::string type, frame_type;    ///< what it is, as it says itself and as its frame says
    std::map<std::string, std::string, std::less<>> roots;  ///< scalars and strings at its root that are ids for some piece
    bool repeats = false;            ///< a key that counts stands twice: readers may not agree which one does

    /// The ids that it declares for texts of `rule`.
    std::string ids(const StreamPiece& rule) const;
    bool is(std::string_view name) const { return !name.empty() && (name == type || name == frame_type); }
    /// Whether the text `thread` of `rule`, of an event with `ids_of_thread`, ends with this event.
    bool ends(std::string_view thread, std::string_view ids_of_thread, const StreamPiece& rule) const;
};

/// Reads an event. `frame_type`: what its frame says that it is; empty: nothing. Faults: body_invalid if `json` is not JSON;
/// upstream_invalid for more pieces or ends than any honest event has.
Result<StreamEvent> read_stream_event(std::string_view json, const StreamRules& rules, std::string_view frame_type, std::size_t depth);

}  // namespace bordergate
