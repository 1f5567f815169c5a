// How much may be repeated towards one destination, and after which pause. Retries are a share of the requests of the last
// ten seconds, so that an outage is never fed by them. Without I/O; clock and chance are handed in. One per worker.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "config/upstream_settings.hpp"
#include "proxy/upstream/balance.hpp"

namespace bordergate {

class RetryBudget {
  public:
    using Time = std::chrono::steady_clock::time_point;
    /// `share`: the part of `budget_least` that is this worker's, above 0 and at most 1.
    RetryBudget(const RetrySettings& settings, double share) : settings_(settings), share_(share) {}

    /// A request (not a retry) was made.
    void requested(Time now) { ++bucket(now).requests; }
    /// Takes one retry from the budget; false if there is none left.
    bool take(Time now);
    /// The pause before retry `number` (from 1): half of it is certain, half by chance.
    std::chrono::milliseconds back_off(unsigned number, Chance& chance) const;

  private:
    struct Bucket {
        std::int64_t second = -1;
        std::uint32_t requests = 0, retries = 0;
    };
    static constexpr std::int64_t seconds = 10;
    Bucket& bucket(Time now);
    RetrySettings settings_;
    double share_;
    std::array<Bucket, seconds> buckets_{};
};

}  // namespace bordergate
