// Metrics as Prometheus reads them: names, types, escaping, histograms, and sums over workers.
#include "proxy/admin/metrics.hpp"

#include <catch2/catch.hpp>
#include <sstream>
#include <thread>

#include "filters/fault.hpp"
#include "proxy/audit/record.hpp"
#include "proxy/traffic_metrics.hpp"

using namespace bordergate;
using Catch::Contains;

namespace {

MetricFamily family(const std::string& name, MetricFamily::Type type = MetricFamily::Type::counter) {
    MetricFamily made;
    made.name = name;
    made.help = "Help of " + name + ".";
    made.type = type;
    return made;
}

MetricFamily labelled(const std::string& name, std::vector<std::string> values) {
    auto made = family(name);
    made.label = "kind";
    made.values = std::move(values);
    return made;
}

/// Lines of the text, sorted into comments and samples.
std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> all;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
}

}  // namespace

TEST_CASE("a counter is the sum over workers") {
    Metrics metrics(3);
    const auto id = metrics.add(family("a_total"));
    metrics.freeze();
    CHECK(metrics.render() == "# HELP a_total Help of a_total.\n# TYPE a_total counter\na_total 0\n");
    metrics.count(id, 0);
    metrics.count(id, 1, 0, 40);
    metrics.count(id, 2);
    CHECK(metrics.total(id) == 42);
    CHECK_THAT(metrics.render(), Contains("\na_total 42\n"));
}

TEST_CASE("a gauge may fall on another worker than it rose on, and below zero") {
    Metrics metrics(2);
    const auto id = metrics.add(family("open", MetricFamily::Type::gauge));
    metrics.freeze();
    metrics.move(id, 0, 5);
    metrics.move(id, 1, -3);
    CHECK_THAT(metrics.render(), Contains("# TYPE open gauge\nopen 2\n"));
    metrics.move(id, 1, -3);
    CHECK_THAT(metrics.render(), Contains("\nopen -1\n"));
}

TEST_CASE("each value of a label is a series of its own, told even at zero") {
    Metrics metrics(2);
    const auto before = metrics.add(family("before_total"));
    const auto id = metrics.add(labelled("a_total", {"x", "y", "z"}));
    const auto after = metrics.add(family("after_total"));
    metrics.freeze();
    metrics.count(before, 0, 0, 7);
    metrics.count(id, 0, 2, 3);
    metrics.count(id, 1, 2);
    metrics.count(id, 1, 0);
    metrics.count(after, 1, 0, 9);
    CHECK_THAT(metrics.render(), Contains("before_total 7\n") && Contains("after_total 9\n") &&
                                     Contains("a_total{kind=\"x\"} 1\na_total{kind=\"y\"} 0\na_total{kind=\"z\"} 4\n"));
}

TEST_CASE("label values and help are escaped as the text format wants") {
    Metrics metrics(1);
    auto odd = labelled("odd_total", {"say \"hi\"", "back\\slash", "two\nlines"});
    odd.help = "Back\\slash and\nline, \"quotes\" stay.";
    metrics.add(odd);
    metrics.freeze();
    const auto text = metrics.render();
    CHECK_THAT(text, Contains("# HELP odd_total Back\\\\slash and\\nline, \"quotes\" stay.\n"));
    CHECK_THAT(text, Contains("{kind=\"say \\\"hi\\\"\"} 0\n") && Contains("{kind=\"back\\\\slash\"} 0\n") &&
                         Contains("{kind=\"two\\nlines\"} 0\n"));
    CHECK(lines(text).size() == 5);
}

TEST_CASE("a histogram's buckets are cumulative, closed above, and end at +Inf with the count") {
    Metrics metrics(2);
    auto made = family("wait_seconds", MetricFamily::Type::histogram);
    made.buckets = {0.25, 1, 5};
    const auto id = metrics.add(made);
    metrics.freeze();
    for (double value : {0.0, 0.25, 0.5, 100.0}) metrics.observe(id, 0, value);
    metrics.observe(id, 1, 5);
    CHECK(metrics.render() == R"(# HELP wait_seconds Help of wait_seconds.
# TYPE wait_seconds histogram
wait_seconds_bucket{le="0.25"} 2
wait_seconds_bucket{le="1"} 3
wait_seconds_bucket{le="5"} 4
wait_seconds_bucket{le="+Inf"} 5
wait_seconds_sum 105.75
wait_seconds_count 5
)");
}

TEST_CASE("a labelled histogram keeps its series apart") {
    Metrics metrics(1);
    auto made = labelled("wait_seconds", {"a", "b"});
    made.type = MetricFamily::Type::histogram;
    made.buckets = {1};
    const auto id = metrics.add(made);
    metrics.freeze();
    metrics.observe(id, 0, 0.5, 0);
    metrics.observe(id, 0, 2, 1);
    const auto text = metrics.render();
    CHECK_THAT(text, Contains("wait_seconds_bucket{kind=\"a\",le=\"1\"} 1\n") &&
                         Contains("wait_seconds_bucket{kind=\"b\",le=\"1\"} 0\n"));
    CHECK_THAT(text, Contains("wait_seconds_sum{kind=\"b\"} 2\nwait_seconds_count{kind=\"b\"} 1\n"));
}

TEST_CASE("workers count at once and a scrape beside them sees no more than there is") {
    Metrics metrics(4);
    const auto id = metrics.add(labelled("a_total", {"x", "y"}));
    metrics.freeze();
    constexpr std::uint64_t each = 100'000;
    std::vector<std::thread> workers;
    for (unsigned worker = 0; worker < 4; ++worker)
        workers.emplace_back([&, worker] {
            for (std::uint64_t i = 0; i < each; ++i) metrics.count(id, worker, i & 1);
        });
    std::uint64_t last = 0;
    bool falling = false;
    for (int i = 0; i < 50; ++i) {
        const auto now = metrics.total(id, 1);
        falling = falling || now < last;
        last = now;
    }
    for (auto& one : workers) one.join();
    CHECK_FALSE(falling);
    CHECK(last <= 2 * each);
    CHECK(metrics.total(id, 0) == 2 * each);
    CHECK(metrics.total(id, 1) == 2 * each);
}

TEST_CASE("the traffic's metrics know every verdict and every code, each with help and a type") {
    Metrics metrics(1);
    const TrafficMetrics traffic(metrics);
    metrics.freeze();
    metrics.count(traffic.exchanges, 0, static_cast<std::size_t>(Verdict::sealed), 3);
    metrics.count(traffic.refusals, 0, static_cast<std::size_t>(Code::internal), 2);
    metrics.move(traffic.connections, 0, 1);
    metrics.observe(traffic.duration, 0, 0.002);
    const auto text = metrics.render();
    for (int i = 0; i <= static_cast<int>(Verdict::cut); ++i)
        CHECK_THAT(text, Contains("bordergate_exchanges_total{verdict=\"" +
                                  std::string(to_string(static_cast<Verdict>(i))) + "\"} "));
    for (int i = 0; i <= static_cast<int>(Code::internal); ++i)
        CHECK_THAT(text,
                   Contains("bordergate_faults_total{code=\"" + std::string(info(static_cast<Code>(i)).name) + "\"} "));
    CHECK_THAT(text, Contains("{verdict=\"sealed\"} 3\n") && Contains("{code=\"internal\"} 2\n") &&
                         Contains("bordergate_client_connections 1\n"));
    CHECK_THAT(text, Contains("bordergate_exchange_duration_seconds_bucket{le=\"0.001\"} 0\n") &&
                         Contains("bordergate_exchange_duration_seconds_bucket{le=\"0.0025\"} 1\n"));
    std::string name, type;
    for (const auto& line : lines(text)) {
        if (line.starts_with("# HELP ")) {
            name = line.substr(7, line.find(' ', 7) - 7);
            CHECK(line.size() > 7 + name.size() + 10);
        } else if (line.starts_with("# TYPE ")) {
            CHECK(line.starts_with("# TYPE " + name + " "));
            type = line.substr(8 + name.size());
            CHECK((type == "counter") == name.ends_with("_total"));
        } else {
            CHECK(line.starts_with(name));
        }
    }
}
