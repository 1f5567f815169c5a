// The texts that the events of a stream bring in pieces: joined, treated as the one text that a client makes of them, and
// put back into the events that brought them. Knows no framing (sse.cpp, ndjson_events.cpp, aws_events.cpp): an event goes
// in as its JSON and comes out as it may go on.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "filters/body/json_rewrite.hpp"
#include "filters/body/stream_event.hpp"

namespace bordergate {

/// How a stream is treated; all is borrowed.
struct StreamSpec {
    JsonRewriteSpec event;              ///< how the rest of an event's JSON is treated
    const StreamRules* rules = nullptr;
    std::size_t longest_event = 1024 * 1024;  ///< of its frame, in bytes
    std::size_t most_held = 8 * 1024 * 1024;  ///< bytes of events that wait
};

class StreamedTexts {
  public:
    struct Event {
        std::string frame;  ///< as it came; not looked at
        std::string json;   ///< what it says; empty: nothing that is looked at
        std::string type;   ///< what the frame says that it is; empty: its JSON says it
        bool changed = false;  ///< `json` is not what came
    };
    /// Events that wait, at most.
    static constexpr std::size_t most_events = 256;
    /// Texts that are under way at once; choices times tool calls of an honest stream are far fewer.
    static constexpr std::size_t most_texts = 1024;

    explicit StreamedTexts(StreamSpec spec);
    ~StreamedTexts();

    /// Takes the next event and appends to `out` all that need not wait, in the order in which it came; none is added and
    /// none is left out. An event waits only while the end of its text may still turn into something else: a label that
    /// its next piece completes, or a value that it may be a part of; no longer than until the text ends, another text of the
    /// same element begins, or too much waits. A text that goes on after that is looked at together with its end before.
    /// Faults: what the treatment of a text or of the rest of an event refuses; upstream_invalid for too many texts, and,
    /// where they are looked at, for an event whose keys repeat so that readers may not agree on a text.
    Status feed(Event event, std::vector<Event>& out);
    /// No text goes on: appends all that waits.
    Status finish(std::vector<Event>& out);
    /// `bytes` belong to the frame of the event that came last. False if it has gone on.
    bool append_to_last(std::string_view bytes);
    /// Bytes that wait.
    std::size_t held() const { return bytes_; }

  private:
    struct Piece;
    struct Waiting;
    class Thread;

    static void give_back(Piece& before, Piece& here);
    Result<Thread*> thread_of(const TextPiece& piece, const StreamEvent& event);
    void begin(Thread& thread);
    Status take(Waiting& waiting, const StreamEvent& event);
    Status settle(Thread& thread);
    Status settle_others(const StreamEvent& event);
    Status settle_front();
    Status settle_all();
    bool looks() const { return spec_.event.treatment->scanner != nullptr; }
    Status release(std::vector<Event>& out);
    Status give(Waiting& waiting);

    StreamSpec spec_;
    std::deque<Waiting> queue_;
    std::unordered_map<std::string, std::unique_ptr<Thread>> threads_;
    std::size_t bytes_ = 0;
};

}  // namespace bordergate
