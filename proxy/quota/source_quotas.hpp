// The quotas of each source: how often it may ask, and how much of it may be under way at once.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "config/settings.hpp"
#include "proxy/quota/concurrency_quota.hpp"
#include "proxy/quota/rate_quota.hpp"

namespace bordergate {

/// One exchange under way, counted until this goes. Empty for a source without such a limit. Borrows its quota.
class Admission {
  public:
    Admission() = default;
    Admission(Quota& quota, unsigned worker) : quota_(&quota), worker_(worker) {}
    Admission(Admission&& other) noexcept : quota_(std::exchange(other.quota_, nullptr)), worker_(other.worker_) {}
    Admission& operator=(Admission&& other) noexcept {
        std::swap(quota_, other.quota_);
        std::swap(worker_, other.worker_);
        return *this;
    }
    ~Admission() {
        if (quota_) quota_->give_back(worker_, 1);
    }

  private:
    Quota* quota_ = nullptr;
    unsigned worker_ = 0;
};

class SourceQuotas {
  public:
    /// The limit that was reached. The order is that of the metric's values.
    enum class Limit : std::uint8_t { rate, concurrent };
    struct Reached {
        Limit limit = Limit::rate;
        std::chrono::seconds retry_after{1};  ///< rounded up, at least one
    };

    /// For `sources`, in their order. `before`, if any: a source whose limits are the same goes on counting where it was.
    SourceQuotas(const std::vector<Source>& sources, unsigned workers, const SourceQuotas* before = nullptr);

    /// Admits one exchange of the source at `index`: sets `admission`, or says which limit it has reached. A refused
    /// exchange uses up nothing.
    std::optional<Reached> admit(std::size_t index, unsigned worker, Quota::Instant now, Admission& admission) const;

  private:
    struct One {
        std::string id;
        SourceLimits limits;
        std::shared_ptr<RateQuota> rate;                ///< null: no limit
        std::shared_ptr<ConcurrencyQuota> concurrent;  ///< null: no limit
    };
    std::vector<One> sources_;
    unsigned workers_;
};

}  // namespace bordergate
