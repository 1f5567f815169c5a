// Residence: how long an exchange's bytes stay in this process while nothing is waited for, neither peer nor disk.
#pragma once

#include <chrono>

namespace bordergate {

/// A stopwatch that runs from the last byte that a write needed to that write: once for the request, once for the head of
/// the answer. Waits for the audit log, for names and for connections are not counted; later pieces of a stream neither.
class Residence {
  public:
    void begin() { since_ = Clock::now(); running_ = true; }
    void end() {
        if (!running_) return;
        total_ += Clock::now() - since_;
        running_ = false;
    }
    bool running() const { return running_; }
    std::chrono::nanoseconds total() const { return total_; }

  private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point since_;
    std::chrono::nanoseconds total_{0};
    bool running_ = false;
};

}  // namespace bordergate
