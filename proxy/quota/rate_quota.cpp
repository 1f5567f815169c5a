#include "proxy/quota/rate_quota.hpp"

#include <algorithm>

namespace bordergate {

namespace {

constexpr std::uint64_t largest_slice = 64;

std::int64_t microseconds(Quota::Instant now) {
    return std::chrono::floor<std::chrono::microseconds>(now.time_since_epoch()).count();
}

}  // namespace

RateQuota::RateQuota(const RateLimit& limit, unsigned workers)
    : requests_(limit.requests),
      token_(static_cast<std::uint64_t>(limit.per.count())),
      burst_(limit.burst),
      slice_(std::min(largest_slice, limit.burst / (8 * workers))),
      slices_(workers),
      level_(limit.burst * token_) {}

bool RateQuota::spend(Slice& slice, std::uint64_t amount) {
    auto there = slice.tokens.load(std::memory_order_relaxed);
    while (there >= amount)
        if (slice.tokens.compare_exchange_weak(there, there - amount, std::memory_order_relaxed)) return true;
    return false;
}

std::chrono::microseconds RateQuota::time_of(std::uint64_t parts) const {
    return std::chrono::microseconds(static_cast<std::int64_t>((parts + requests_ - 1) / requests_));
}

/// Since the last visit the bucket filled up to what the slices of then left of the burst: some of their tokens may have
/// been spent only just now.
void RateQuota::refill(std::int64_t now) {
    if (filled_at_ == INT64_MIN) filled_at_ = now;
    if (now <= filled_at_) return;  // leased_ stands for all of the time since filled_at_, and so must not sink either
    const std::uint64_t most = (burst_ - leased_) * token_;
    const std::uint64_t until_full = burst_ * token_ / requests_ + 1;
    const auto passed = std::min(static_cast<std::uint64_t>(now - filled_at_), until_full);
    level_ = std::max(level_, std::min(most, level_ + passed * requests_));
    filled_at_ = now;
    leased_ = 0;
}

void RateQuota::note_leased() {
    std::uint64_t leased = 0;
    for (const auto& one : slices_) leased += one.tokens.load(std::memory_order_relaxed);
    leased_ = std::max(leased_, leased);
}

Allowance RateQuota::take(unsigned worker, std::uint64_t amount, Instant instant) {
    if (amount > burst_) return {false, std::chrono::microseconds::max()};
    Slice& own = slices_[worker];
    if (spend(own, amount)) return {true, {}};
    const auto now = microseconds(instant);
    if (now < own.dry_until) return {false, std::chrono::microseconds(own.dry_until - now) + time_of((amount - 1) * token_)};
    const std::lock_guard lock(bucket_);
    refill(now);
    std::uint64_t collected = own.tokens.exchange(0, std::memory_order_relaxed);
    for (auto& other : slices_) {
        if (level_ / token_ + collected >= amount) break;
        collected += other.tokens.exchange(0, std::memory_order_relaxed);
    }
    level_ += collected * token_;
    if (level_ < amount * token_) {
        note_leased();
        // Fewer may be granted sooner, but none before one is there.
        if (level_ < token_) own.dry_until = now + time_of(token_ - level_).count();
        return {false, time_of(amount * token_ - level_)};
    }
    level_ -= amount * token_;
    const auto leased = std::min(slice_, level_ / token_);
    level_ -= leased * token_;
    own.tokens.store(leased, std::memory_order_relaxed);
    note_leased();
    return {true, {}};
}

void RateQuota::give_back(unsigned, std::uint64_t amount) {
    const std::lock_guard lock(bucket_);
    const std::uint64_t most = (burst_ - leased_) * token_;
    level_ = std::max(level_, std::min(most, level_ + amount * token_));
}

}  // namespace bordergate
