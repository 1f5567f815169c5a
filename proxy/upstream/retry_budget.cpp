#include "proxy/upstream/retry_budget.hpp"

#include <algorithm>

namespace bordergate {

RetryBudget::Bucket& RetryBudget::bucket(Time now) {
    const auto second = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
    auto& one = buckets_[static_cast<std::size_t>(second % seconds)];
    if (one.second != second) one = {second, 0, 0};
    return one;
}

bool RetryBudget::take(Time now) {
    Bucket& current = bucket(now);
    double requests = 0, retries = 0;
    for (const auto& one : buckets_) {
        if (one.second <= current.second - seconds) continue;
        requests += one.requests;
        retries += one.retries;
    }
    const double allowed = requests * settings_.budget_percent / 100 + settings_.budget_least * share_ * static_cast<double>(seconds);
    if (retries + 1 > allowed) return false;
    ++current.retries;
    return true;
}

std::chrono::milliseconds RetryBudget::back_off(unsigned number, Chance& chance) const {
    const auto most = std::max(settings_.back_off, settings_.longest_back_off);
    auto pause = settings_.back_off;
    for (unsigned i = 1; i < number && pause < most; ++i) pause *= 2;
    const double whole = static_cast<double>(std::min(pause, most).count());
    return std::chrono::milliseconds(static_cast<std::int64_t>(whole / 2 + whole / 2 * fraction(chance)));
}

}  // namespace bordergate
