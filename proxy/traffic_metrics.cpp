#include "proxy/traffic_metrics.hpp"

#include "filters/fault.hpp"
#include "proxy/audit/record.hpp"

namespace bordergate {

namespace {

MetricFamily counter(std::string name, std::string help) {
    MetricFamily family;
    family.name = std::move(name);
    family.help = std::move(help);
    return family;
}

}  // namespace

TrafficMetrics::TrafficMetrics(Metrics& metrics) {
    auto open = counter("bordergate_client_connections", "Client connections that are open.");
    open.type = MetricFamily::Type::gauge;
    connections = metrics.add(open);

    auto by_verdict = counter("bordergate_exchanges_total", "Exchanges that ended, by verdict.");
    by_verdict.label = "verdict";
    for (int i = 0; i <= static_cast<int>(Verdict::cut); ++i)
        by_verdict.values.emplace_back(to_string(static_cast<Verdict>(i)));
    exchanges = metrics.add(by_verdict);

    auto by_code = counter("bordergate_faults_total", "Exchanges that ended in a fault, by code.");
    by_code.label = "code";
    for (int i = 0; i <= static_cast<int>(Code::internal); ++i)
        by_code.values.emplace_back(info(static_cast<Code>(i)).name);
    refusals = metrics.add(by_code);

    auto by_limit = counter("bordergate_quota_refusals_total", "Exchanges refused because their source reached a limit, by limit.");
    by_limit.label = "limit";
    by_limit.values = {"rate", "concurrent"};
    quota_refusals = metrics.add(by_limit);

    auto by_reason = counter("bordergate_shed_total", "Requests and connections turned away because this process holds as much as it may, by reason.");
    by_reason.label = "reason";
    by_reason.values = {"memory", "held", "connections"};
    shed = metrics.add(by_reason);

    request_bytes = metrics.add(counter("bordergate_request_body_bytes_total", "Body bytes sent to destinations."));
    response_bytes = metrics.add(counter("bordergate_response_body_bytes_total", "Body bytes sent back to sources."));
    entities = metrics.add(counter("bordergate_entities_found_total", "Entities that recognisers found in messages."));

    auto asked = counter("bordergate_analyser_requests_total", "Requests to external analysers, by outcome.");
    asked.label = "outcome";
    asked.values = {"answered", "failed"};
    analyser_requests = metrics.add(asked);
    analyser_texts = metrics.add(counter("bordergate_analyser_texts_total", "Texts, or pieces of long ones, sent to external analysers."));
    auto analysing = counter("bordergate_analyser_duration_seconds", "Requests to external analysers, from the wait for a connection to the end of the answer.");
    analysing.type = MetricFamily::Type::histogram;
    analysing.buckets = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
    analyser_time = metrics.add(analysing);

    auto seconds = counter("bordergate_exchange_duration_seconds", "From a request's head to its outcome.");
    seconds.type = MetricFamily::Type::histogram;
    seconds.buckets = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300};
    duration = metrics.add(seconds);

    auto resident = counter("bordergate_residence_seconds", "Time in this process of exchanges that went through, without waits for peers, names and the audit log.");
    resident.type = MetricFamily::Type::histogram;
    resident.buckets = {0.00001, 0.00002, 0.00004, 0.00006, 0.0001, 0.0002, 0.0005, 0.001, 0.0025, 0.01, 0.1};
    residence = metrics.add(resident);
}

}  // namespace bordergate
