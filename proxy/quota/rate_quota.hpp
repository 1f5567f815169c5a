// Requests per time with a burst: a token bucket for the process, of which workers lease slices.
#pragma once

#include <atomic>
#include <mutex>
#include <vector>

#include "config/settings.hpp"
#include "proxy/quota/quota.hpp"

namespace bordergate {

/// In any span of time t at most `burst + t * requests / per` are granted, over all workers, exactly: what lies in the
/// bucket and in the slices together never exceeds the burst. A worker takes from its own slice and touches no cache
/// line of another; only when that is empty it locks the bucket, and when that is empty too it collects what others have
/// leased and not used, so that no token is stranded. The error is to refusal: while slices lie unused the bucket fills up
/// only to what they leave of the burst, so that up to an eighth of it may come later than it could. Limits with a burst
/// below eight per worker are not sliced, and have no such error.
class RateQuota final : public Quota {
  public:
    /// `limit` as the schema bounds it (RateLimit); the bucket begins full.
    RateQuota(const RateLimit& limit, unsigned workers);

    Allowance take(unsigned worker, std::uint64_t amount, Instant now) override;
    /// A worker that was told to wait is not told of it before its time.
    void give_back(unsigned worker, std::uint64_t amount) override;

  private:
    /// One worker's slice, on a cache line of its own. Others touch it only to collect it.
    struct alignas(64) Slice {
        std::atomic<std::uint64_t> tokens{0};
        std::int64_t dry_until = INT64_MIN;  ///< its owner's alone: no token can be there before (us)
    };
    static bool spend(Slice& slice, std::uint64_t amount);
    /// How long the bucket takes to gain so much, rounded up.
    std::chrono::microseconds time_of(std::uint64_t parts) const;
    void refill(std::int64_t now);
    void note_leased();

    const std::uint64_t requests_;  ///< parts gained per microsecond
    const std::uint64_t token_;     ///< parts of one token: the microseconds of `per`
    const std::uint64_t burst_;     ///< tokens
    const std::uint64_t slice_;     ///< tokens leased at once beyond those asked for
    std::vector<Slice> slices_;
    // Of the bucket, under the lock. Parts are tokens * token_, so that nothing is rounded.
    std::mutex bucket_;
    std::uint64_t level_;
    std::uint64_t leased_ = 0;  ///< the most tokens that have lain in slices since filled_at_
    std::int64_t filled_at_ = INT64_MIN;
};

}  // namespace bordergate
