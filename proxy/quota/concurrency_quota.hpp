// Requests at once: one counter for the process.
#pragma once

#include <atomic>

#include "proxy/quota/quota.hpp"

namespace bordergate {

/// At most `limit` units are out at any time; a refusal is never wrong. All workers share one cache line, which only
/// exchanges of a source with such a limit touch: a slice per worker would refuse while another holds what is free.
class ConcurrencyQuota final : public Quota {
  public:
    explicit ConcurrencyQuota(std::uint64_t limit) : limit_(limit) {}

    Allowance take(unsigned, std::uint64_t amount, Instant) override {
        auto used = used_.load(std::memory_order_relaxed);
        while (used + amount <= limit_)
            if (used_.compare_exchange_weak(used, used + amount, std::memory_order_relaxed)) return {true, {}};
        return {};
    }
    void give_back(unsigned, std::uint64_t amount) override { used_.fetch_sub(amount, std::memory_order_relaxed); }

    std::uint64_t used() const { return used_.load(std::memory_order_relaxed); }

  private:
    const std::uint64_t limit_;
    alignas(64) std::atomic<std::uint64_t> used_{0};
};

}  // namespace bordergate
