#include "proxy/quota/source_quotas.hpp"

#include <algorithm>

namespace bordergate {

SourceQuotas::SourceQuotas(const std::vector<Source>& sources, unsigned workers, const SourceQuotas* before) : workers_(workers) {
    for (const auto& source : sources) {
        One one{source.id, source.limits, {}, {}};
        if (before && before->workers_ == workers) {
            const auto old = std::find_if(before->sources_.begin(), before->sources_.end(), [&](const auto& other) { return other.id == source.id; });
            if (old != before->sources_.end()) {
                if (old->limits.rate == source.limits.rate) one.rate = old->rate;
                if (old->limits.concurrent == source.limits.concurrent) one.concurrent = old->concurrent;
            }
        }
        if (source.limits.rate && !one.rate) one.rate = std::make_shared<RateQuota>(*source.limits.rate, workers);
        if (source.limits.concurrent && !one.concurrent) one.concurrent = std::make_shared<ConcurrencyQuota>(*source.limits.concurrent);
        sources_.push_back(std::move(one));
    }
}

std::optional<SourceQuotas::Reached> SourceQuotas::admit(std::size_t index, unsigned worker, Quota::Instant now, Admission& admission) const {
    const One& source = sources_[index];
    Admission admitted;
    if (source.concurrent) {
        if (!source.concurrent->take(worker, 1, now).granted) return Reached{Limit::concurrent, std::chrono::seconds(1)};
        admitted = Admission(*source.concurrent, worker);
    }
    if (source.rate) {
        const auto allowance = source.rate->take(worker, 1, now);
        if (!allowance.granted)
            return Reached{Limit::rate, std::max(std::chrono::seconds(1), std::chrono::ceil<std::chrono::seconds>(allowance.wait))};
    }
    admission = std::move(admitted);
    return std::nullopt;
}

}  // namespace bordergate
