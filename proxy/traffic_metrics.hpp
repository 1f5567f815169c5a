// The metrics of the data path, by name. Registered once, counted per worker.
#pragma once

#include "proxy/admin/metrics.hpp"

namespace bordergate {

/// How a request to an analyser ended.
enum class AnalyserOutcome : std::uint8_t { answered, failed };

struct TrafficMetrics {
    explicit TrafficMetrics(Metrics& metrics);
    MetricId connections;      ///< gauge: client connections open
    MetricId exchanges;        ///< counter by verdict (Verdict's order)
    MetricId refusals;         ///< counter by code (Code's order)
    MetricId quota_refusals;   ///< counter by limit (SourceQuotas::Limit's order)
    MetricId shed;             ///< counter by reason (Overload::Reason's order)
    MetricId request_bytes;    ///< counter: body bytes sent to destinations
    MetricId response_bytes;   ///< counter: body bytes sent back to sources
    MetricId entities;         ///< counter: entities found, masked or not
    MetricId analyser_requests;  ///< counter by outcome (AnalyserOutcome's order)
    MetricId analyser_texts;   ///< counter: texts, or pieces of them, sent to analysers
    MetricId analyser_time;    ///< histogram: seconds that a request to an analyser took, however it ended
    MetricId duration;         ///< histogram: seconds from head to outcome
    MetricId residence;        ///< histogram: seconds that Residence measures
};

}  // namespace bordergate
