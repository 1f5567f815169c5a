// What is counted of destinations, by their ids. Labels are those of the configuration at start; destinations that a
// reload adds are counted as `other`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "proxy/admin/metrics.hpp"

namespace bordergate {

/// The families. Registered once, before the metrics are frozen.
struct UpstreamMetrics {
    UpstreamMetrics(Metrics& metrics, const std::vector<Destination>& destinations);
    MetricId requests;     ///< counter: requests let in, repetitions included
    MetricId failures;     ///< counter: those that the destination failed
    MetricId retries;      ///< counter: repetitions at the same destination
    MetricId unbudgeted;   ///< counter: repetitions that the budget forbade
    MetricId hedges;       ///< counter: second attempts beside one that was not answered
    MetricId hedges_won;   ///< counter: those whose answer was taken
    MetricId failovers;    ///< counter: requests that went on to another destination
    MetricId refused;      ///< counter: requests for which no place was free
    MetricId ejections;    ///< counter: addresses taken out by what exchanges showed
    MetricId openings;     ///< counter: times that the breaker opened
    MetricId active;       ///< gauge: requests in flight
    MetricId connections;  ///< gauge: connections open, idle ones included
    /// Where a destination is counted.
    std::size_t label_of(std::string_view id) const;

  private:
    std::vector<std::string> ids_;
};

/// Counts for one destination and one worker. An empty one counts nothing.
class Meter {
  public:
    Meter() = default;
    Meter(Metrics& metrics, const UpstreamMetrics& families, unsigned worker, std::string_view destination)
        : metrics_(&metrics), families_(&families), worker_(worker), destination_(families.label_of(destination)) {}
    void count(MetricId UpstreamMetrics::*family, std::uint64_t by = 1) const {
        if (metrics_) metrics_->count(families_->*family, worker_, destination_, by);
    }
    void move(MetricId UpstreamMetrics::*family, std::int64_t by) const {
        if (metrics_) metrics_->move(families_->*family, worker_, by, destination_);
    }

  private:
    Metrics* metrics_ = nullptr;
    const UpstreamMetrics* families_ = nullptr;
    unsigned worker_ = 0;
    std::size_t destination_ = 0;
};

}  // namespace bordergate
