// Quota: the one question "may so much more be used?", whoever counts: requests per second, requests at once, and
// later budgets and meters. A quota counts for the process, not per worker.
#pragma once

#include <chrono>
#include <cstdint>

namespace bordergate {

/// What a quota answers: granted, or when to ask again.
struct Allowance {
    bool granted = false;
    /// If not granted: before so long has passed the same would not be granted (zero where nobody can know).
    std::chrono::microseconds wait{0};
};

/// All calls may come from any thread, but those with the same `worker` only from one at a time. No call waits for I/O.
/// Time is the caller's, so that tests need none; it may run back a little between workers.
class Quota {
  public:
    using Instant = std::chrono::steady_clock::time_point;

    virtual ~Quota() = default;
    /// Takes `amount` units for `worker`, all of them or none. Never more than the limit is granted; what the error to
    /// the other side (a refusal that need not have been) can be is said by each kind.
    virtual Allowance take(unsigned worker, std::uint64_t amount, Instant now) = 0;
    /// Gives back what was taken and is not used, or is in use no longer. Never more than was taken.
    virtual void give_back(unsigned worker, std::uint64_t amount) = 0;
};

}  // namespace bordergate
