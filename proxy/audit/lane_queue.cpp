#include "proxy/audit/lane_queue.hpp"

namespace bordergate {

namespace {

constexpr std::size_t most_kept_bytes = 1024 * 1024;  ///< of an empty batch

}  // namespace

void LaneBatch::clear() {
    lines.clear();
    if (lines.capacity() > most_kept_bytes) lines = {};
    records = 0;
    wanted = false;
}

LaneQueue::~LaneQueue() {
    delete open_.load(std::memory_order_acquire);
    delete spare_.load(std::memory_order_acquire);
}

class LaneQueue::Hold {
  public:
    explicit Hold(LaneQueue& queue) : queue_(queue), batch_(queue.open_.exchange(nullptr, std::memory_order_acquire)) {}
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    /// Ordered before the look at the bell that follows: a writer that did not find this batch is found asleep.
    ~Hold() {
        if (batch_ != nullptr) queue_.open_.store(batch_, std::memory_order_seq_cst);
    }
    /// Throws bad_alloc; nothing is lost then.
    LaneBatch& open() {
        if (batch_ == nullptr) batch_ = queue_.spare_.exchange(nullptr, std::memory_order_acquire);
        if (batch_ == nullptr) batch_ = new LaneBatch;
        return *batch_;
    }

  private:
    LaneQueue& queue_;
    LaneBatch* batch_;
};

Ticket LaneQueue::put(std::string_view line, bool wanted, std::size_t& records) {
    Hold hold(*this);
    auto& batch = hold.open();
    batch.lines.append(line);
    batch.last = ++last_;
    batch.wanted |= wanted;
    records = ++batch.records;
    bytes_put_ += line.size();
    return last_;
}

void LaneQueue::want() {
    Hold hold(*this);
    hold.open().wanted = true;
}

void LaneQueue::take(LaneBatch& into) {
    auto* batch = open_.exchange(nullptr, std::memory_order_seq_cst);
    if (batch == nullptr) return;
    if (into.lines.empty())
        std::swap(into.lines, batch->lines);
    else
        into.lines.append(batch->lines);
    into.records += batch->records;
    if (batch->records > 0) into.last = batch->last;
    into.wanted |= batch->wanted;
    batch->clear();
    delete spare_.exchange(batch, std::memory_order_acq_rel);
}

}  // namespace bordergate
