// Labels in text that comes piece by piece, one JSON message for each piece (realtime APIs): `{"type": "X.delta",
// "delta": "…"}` until `X.done`. A label may be split between pieces, so the end of a piece can wait for the next one.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "filters/fault.hpp"
#include "filters/mask/labels.hpp"

namespace bordergate {

/// True if `message` is a JSON object whose `type` is one of `kinds` and `.delta`: it holds a piece of joined text.
bool is_text_delta(std::string_view message, std::span<const std::string_view> kinds, std::size_t json_depth);

/// Restores joined texts of one session. Texts are told apart by their type and the ids and indices that the messages
/// give (`response_id`, `item_id`, `output_index`, `content_index`).
class DeltaRestore {
  public:
    /// `kinds`: the types that are joined, without `.delta`; they outlive this.
    DeltaRestore(std::span<const std::string_view> kinds, std::size_t json_depth) : kinds_(kinds), json_depth_(json_depth) {}

    /// Appends `message` to `out` with its piece restored, and what must be said before it: when a text is done and its
    /// end was still held, a copy of its last piece with that end. A message that is no JSON or no piece comes out as it
    /// went in. `labels` outlive this. Fault upstream_invalid if more texts are open than any honest session has.
    Status feed(std::string_view message, const Labels& labels, std::uint64_t& restored, std::uint64_t& foreign, std::vector<std::string>& out);

    /// Labels are issued anew: what is held can no longer be restored and is forgotten; texts go on from here.
    void forget() { threads_.clear(); }

  private:
    struct Thread {
        Restore restore;
        std::string last;       ///< the message of its last piece, if an end is held
        std::size_t begin = 0, end = 0;  ///< of the piece in `last`, between the quotes
    };
    std::span<const std::string_view> kinds_;
    std::size_t json_depth_;
    std::map<std::string, Thread> threads_;
};

}  // namespace bordergate
