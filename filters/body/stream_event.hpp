// What one event of a stream says: its pieces of texts that come over many events, and which of these texts it ends.
#pragma once

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
        std::string_view type, done;
        StreamPiece::Holds holds = StreamPiece::Holds::text;
    };
    std::vector<Piece> pieces;
    std::span<const std::string_view> ends;

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
    std::string type;                ///< what it is, as it or its frame says
    std::string ids;                 ///< those that it declares at its root; part of the name of every thread in it

    /// Whether the text `thread` of rule `rule`, of an event with `ids`, ends with this event.
    bool ends(std::string_view thread, std::string_view ids_of_thread, const StreamRules::Piece& rule) const;
};

/// Reads an event. `type`: what its frame says that it is; empty: its own `type` counts. Fault body_invalid if `json` is
/// not JSON.
Result<StreamEvent> read_stream_event(std::string_view json, const StreamRules& rules, std::string_view type, std::size_t depth);

}  // namespace bordergate
