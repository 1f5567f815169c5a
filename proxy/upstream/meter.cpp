#include "proxy/upstream/meter.hpp"

#include <algorithm>

namespace bordergate {

UpstreamMetrics::UpstreamMetrics(Metrics& metrics, const std::vector<Destination>& destinations) {
    for (const auto& one : destinations) ids_.push_back(one.id);
    ids_.emplace_back("other");
    const auto add = [&](const char* name, const char* help, MetricFamily::Type type = MetricFamily::Type::counter) {
        MetricFamily family;
        family.name = name;
        family.help = help;
        family.type = type;
        family.label = "destination";
        family.values = ids_;
        return metrics.add(std::move(family));
    };
    constexpr auto gauge = MetricFamily::Type::gauge;
    requests = add("bordergate_upstream_requests_total", "Requests let in to a destination, repetitions included.");
    failures = add("bordergate_upstream_failures_total", "Requests that the destination failed: no connection, no answer, or 502, 503, 504.");
    retries = add("bordergate_upstream_retries_total", "Requests repeated at the same destination.");
    unbudgeted = add("bordergate_upstream_retries_refused_total", "Repetitions that the retry budget forbade.");
    failovers = add("bordergate_upstream_failovers_total", "Requests that a destination failed and the next lawful one was asked for.");
    hedges = add("bordergate_hedges_total", "Second attempts made because the destination had not answered yet.");
    hedges_won = add("bordergate_hedges_won_total", "Those whose answer came first.");
    refused = add("bordergate_upstream_overloaded_total", "Requests for which no place was free in time.");
    ejections = add("bordergate_upstream_ejections_total", "Addresses taken out because exchanges failed there.");
    openings = add("bordergate_upstream_breaker_openings_total", "Times that the circuit breaker opened.");
    active = add("bordergate_upstream_active_requests", "Requests in flight at a destination.", gauge);
    connections = add("bordergate_upstream_connections", "Connections open to a destination, idle ones included.", gauge);
}

std::size_t UpstreamMetrics::label_of(std::string_view id) const {
    return static_cast<std::size_t>(std::find(ids_.begin(), ids_.end() - 1, id) - ids_.begin());
}

}  // namespace bordergate
