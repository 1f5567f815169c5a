// The one registry of metrics. Each worker counts in its own cells without synchronisation beyond relaxed
// atomics; a scrape adds them up. Labels are bounded: values come from the configuration or a fixed table.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bordergate {

/// One counter or gauge of one worker, alone on its cache line group.
using MetricCell = std::atomic<std::uint64_t>;

/// A family of time series with one label of fixed values (or none).
struct MetricFamily {
    enum class Type { counter, gauge, histogram };
    std::string name;   ///< Prometheus name, with unit suffix
    std::string help;
    Type type = Type::counter;
    std::string label;                 ///< empty: no label
    std::vector<std::string> values;   ///< of the label
    std::vector<double> buckets;       ///< histogram upper bounds, in the unit of the name
};

/// Handle to a family; an index.
enum class MetricId : std::uint16_t {};

class Metrics {
  public:
    /// `workers` cells for every series. Families are added before `freeze`.
    explicit Metrics(unsigned workers);
    ~Metrics();
    MetricId add(MetricFamily family);
    void freeze();
    /// Adds to the counter of `worker` (relaxed, single writer per cell).
    void count(MetricId id, unsigned worker, std::size_t label_value = 0, std::uint64_t by = 1);
    /// Sets or moves a gauge.
    void move(MetricId id, unsigned worker, std::int64_t by, std::size_t label_value = 0);
    /// Observes one value of a histogram.
    void observe(MetricId id, unsigned worker, double value, std::size_t label_value = 0);
    std::uint64_t total(MetricId id, std::size_t label_value = 0) const;
    /// Prometheus text format 0.0.4.
    std::string render() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace bordergate
