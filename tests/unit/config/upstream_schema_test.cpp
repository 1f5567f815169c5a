// How a destination is reached, from the file to the snapshot: defaults, every key, and what is refused.
#include "config/upstream_schema.hpp"

#include <catch2/catch.hpp>

#include "config/loader.hpp"

using namespace bordergate;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

Loaded with(const std::string& of_destination, const std::string& top = {}) {
    return load_text("version: 1\nnode: {location: DE, operator: DE}\nlisteners: [{name: s, address: \"127.0.0.1:0\", mode: reverse}]\naudit: {directory: ./a}\n"
                     "sources: [{id: app, match: {networks: [127.0.0.0/8]}, standing: {location: DE, operator: DE}}]\ndestinations:\n"
                     "  - {id: far, url: \"https://far\", standing: {location: US, operator: US}" + of_destination + "}\nrules:\n"
                     "  - {id: plain, permit: clear, data: plain, from: EEA, to: US}\n" + top, "f.yaml", "/");
}

}  // namespace

TEST_CASE("a destination that says nothing of its connections is ejected passively, retried once, and never broken or asked") {
    const auto loaded = with("");
    REQUIRE(loaded.snapshot);
    const auto& upstream = loaded.snapshot->destinations[0].upstream;
    CHECK(upstream.passive.failures == 5);
    CHECK(upstream.retry.attempts == 1);
    CHECK((upstream.retry.connect && upstream.retry.reset));
    CHECK_FALSE((upstream.retry.timeout || upstream.retry.unavailable));
    CHECK_FALSE(upstream.breaker);
    CHECK_FALSE(upstream.checks);
    CHECK_FALSE(upstream.hedge);
    CHECK(loaded.snapshot->dns.stale == 0s);
}

TEST_CASE("every key of a destination's connections is read") {
    const auto loaded = with(
        ", pool: {connections: 3, requests: 4, pending: 5, wait: 6s, idle: 7, idle_time: 8s}"
        ", health: {active: {path: /up, interval: 1s, timeout: 300ms, healthy: 4, unhealthy: 5, status: [2xx, 3xx]}, "
        "passive: {failures: 9, ejection: 2s, longest_ejection: 9s, most_ejected: 30, success_rate: 80, window: 5s, least_requests: 20}}"
        ", breaker: {failures: 6, open: 7s, longest: 8s, trials: 9}"
        ", retry: {attempts: 2, budget: {percent: 10, least: 1}, back_off: 5ms, longest_back_off: 9ms, on: [timeout, unavailable]}"
        ", hedge: {after: 300ms}"
        ", balance: in_order, slow_start: 30s, timeouts: {connect: 1s, first_byte: 2s, body: 3s, total: 4s}",
        "dns: {servers: [\"127.0.0.1:5353\"], stale: 30s}\n");
    INFO(format(loaded.diagnostics));
    REQUIRE(loaded.snapshot);
    const auto& upstream = loaded.snapshot->destinations[0].upstream;
    CHECK((upstream.pool.connections == 3 && upstream.pool.requests == 4 && upstream.pool.pending == 5 && upstream.pool.wait == 6s));
    CHECK((upstream.pool.idle == 7 && upstream.pool.idle_time == 8s));
    REQUIRE(upstream.checks);
    CHECK((upstream.checks->path == "/up" && upstream.checks->interval == 1s && upstream.checks->timeout == 300ms));
    CHECK((upstream.checks->healthy == 4 && upstream.checks->unhealthy == 5));
    REQUIRE(upstream.checks->status.size() == 2);
    CHECK((upstream.checks->status[1].first == 300 && upstream.checks->status[1].last == 399));
    const auto& passive = upstream.passive;
    CHECK((passive.failures == 9 && passive.ejection == 2s && passive.longest_ejection == 9s && passive.most_ejected == 30));
    CHECK((passive.success_rate == 80 && passive.window == 5s && passive.least_requests == 20));
    REQUIRE(upstream.breaker);
    CHECK((upstream.breaker->failures == 6 && upstream.breaker->open == 7s && upstream.breaker->longest == 8s && upstream.breaker->trials == 9));
    const auto& retry = upstream.retry;
    CHECK((retry.attempts == 2 && retry.budget_percent == 10 && retry.budget_least == 1 && retry.back_off == 5ms && retry.longest_back_off == 9ms));
    CHECK((retry.timeout && retry.unavailable && !retry.connect && !retry.reset));
    REQUIRE(upstream.hedge);
    CHECK(upstream.hedge->after == 300ms);
    CHECK((upstream.balance == Balance::in_order && upstream.slow_start == 30s));
    CHECK((upstream.timeouts.connect == 1s && upstream.timeouts.first_byte == 2s && upstream.timeouts.body == 3s && upstream.timeouts.total == 4s));
    CHECK(loaded.snapshot->dns.servers == std::vector<std::string>{"127.0.0.1:5353"});
    CHECK(loaded.snapshot->dns.stale == 30s);
}

TEST_CASE("mistakes in a destination's connections are named") {
    const auto said = [](const std::string& of_destination, const std::string& top = {}) { return format(with(of_destination, top).diagnostics); };
    CHECK_THAT(said(", pool: {conections: 3}"), Contains("did you mean \"connections\"?"));
    CHECK_THAT(said(", health: {}"), Contains("error"));
    CHECK_THAT(said(", health: {active: {interval: 1s}}"), Contains("\"path\" is missing"));
    CHECK_THAT(said(", retry: {on: [resets]}"), Contains("did you mean \"reset\"?"));
    CHECK_THAT(said(", retry: {attempts: 11}"), Contains("expected a number from 0 to 10"));
    CHECK_THAT(said(", hedge: {afer: 300ms}"), Contains("f.yaml:7:") && Contains("did you mean \"after\"?"));
    CHECK_THAT(said(", hedge: {}"), Contains("\"after\" is missing"));
    CHECK_THAT(said(", hedge: {after: 0s}"), Contains("error"));
    CHECK_THAT(said(", hedge: {after: 2s}, timeouts: {first_byte: 2s}"), Contains("f.yaml:7:") && Contains("it would never hedge") && Contains("2000 ms"));
    CHECK_THAT(said(", hedge: {after: 2s}", "timeouts: {first_byte: 1s}\n"), Contains("it would never hedge"));
    CHECK_THAT(said(", hedge: {after: 2s}, timeouts: {first_byte: 3s}", "timeouts: {first_byte: 1s}\n"), !Contains("hedge"));
    CHECK_THAT(said("", "dns: {servers: [\"127.0.0.1:0\"]}\n"), Contains("a name server needs a port"));
    CHECK_THAT(said("", "dns: {servers: [localhost]}\n"), Contains("f.yaml:"));
}
