// Lines on their way from one producer to the writer, without a lock: the open batch lies in a slot of which either
// side takes it out whole, so that nobody ever waits for the other.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "proxy/audit/log.hpp"

namespace bordergate {

/// What was queued since the writer last looked.
struct LaneBatch {
    std::string lines;
    std::size_t records = 0;
    Ticket last = 0;      ///< of its records
    bool wanted = false;  ///< somebody waits for one of them

    /// Nothing is queued now. Of the memory it keeps what most groups need, not what a rush did.
    void clear();
};

/// One producer and one writer, each on its own thread.
class LaneQueue {
  public:
    LaneQueue() = default;
    LaneQueue(const LaneQueue&) = delete;
    LaneQueue& operator=(const LaneQueue&) = delete;
    ~LaneQueue();

    // The producer's side.

    /// Queues `line`; its ticket. `records` becomes how many lie in the open batch now.
    Ticket put(std::string_view line, bool wanted, std::size_t& records);
    /// Somebody waits for what was put: tells the writer, also of what it has taken already.
    void want();
    Ticket last() const { return last_; }
    std::uint64_t bytes_put() const { return bytes_put_; }

    // The writer's side.

    /// Adds what is queued to `into`, which is then the writer's alone.
    void take(LaneBatch& into);

  private:
    /// The open batch, in the producer's hands as long as this lives.
    class Hold;

    // The producer's own.
    Ticket last_ = 0;
    std::uint64_t bytes_put_ = 0;
    // Both sides exchange these; the writer only when it takes. An empty batch is given back in `spare_`.
    alignas(64) std::atomic<LaneBatch*> open_{nullptr};
    std::atomic<LaneBatch*> spare_{nullptr};
};

}  // namespace bordergate
