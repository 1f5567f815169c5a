// A guard against peers that make work and get nothing done: resets, pings, settings, empty frames (CVE-2019-9511 to
// 9518, CVE-2023-44487).
#pragma once

#include <algorithm>
#include <chrono>

namespace bordergate {

/// A token bucket over frames that carry nothing. An honest client sends a handful; cancelled requests are counted too,
/// so the bucket is as deep as a page of them. Work that got done fills it again: a client may measure the path with a
/// ping for each piece of data it gets (gRPC does).
class FloodGuard {
  public:
    using Clock = std::chrono::steady_clock;
    static constexpr double burst = 400, per_second = 40;

    /// Counts one frame; false if the peer goes too far.
    bool admit(Clock::time_point now = Clock::now()) {
        left_ = std::min(burst, left_ + per_second * std::chrono::duration<double>(now - at_).count());
        at_ = now;
        if (left_ < 1) return false;
        left_ -= 1;
        return true;
    }
    /// Something was got done: a piece of a body went out, or a whole message.
    void earn() { left_ = std::min(burst, left_ + 1); }

  private:
    double left_ = burst;
    Clock::time_point at_ = Clock::now();
};

}  // namespace bordergate
