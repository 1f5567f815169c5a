// Who may go to a destination, to which of its addresses, and what visits leave behind.
#include "proxy/upstream/harbour.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <set>
#include <thread>

using namespace bordergate;
using boost::asio::ip::make_address;

namespace {

std::vector<Destination> far() {
    std::vector<Destination> one(1);
    one[0].id = "far";
    return one;
}

struct Fixture {
    Harbour& make(unsigned workers = 1) {
        metrics.freeze();
        harbour = std::make_shared<Harbour>(io.get_executor(), "far", settings, workers, Meter(metrics, families, 0, "far"), 1);
        return *harbour;
    }
    Visit visit() {
        REQUIRE(harbour->try_place());
        auto admitted = harbour->admit(false);
        REQUIRE(admitted.has_value());
        return std::move(*admitted);
    }
    std::uint64_t total(MetricId UpstreamMetrics::*family) { return metrics.total(families.*family); }
    boost::asio::io_context io;
    Metrics metrics{1};
    UpstreamMetrics families{metrics, far()};
    UpstreamSettings settings;
    std::shared_ptr<Harbour> harbour;
    const Harbour::Addresses both{make_address("127.0.0.1"), make_address("127.0.0.2")};
};

}  // namespace

TEST_CASE_METHOD(Fixture, "the less busy address is taken, and a visit that ends is no longer counted") {
    make();
    Visit first = visit();
    first.at(both[0]);
    for (int i = 0; i < 20; ++i) CHECK(harbour->choose(both, {}) == both[1]);
    Visit moved = std::move(first);
    CHECK_FALSE(first);
    CHECK(harbour->choose(both, {}) == both[1]);
    CHECK(total(&UpstreamMetrics::active) == 1);
    moved = Visit();
    CHECK(total(&UpstreamMetrics::active) == 0);
    std::set<Harbour::Address> seen;
    for (int i = 0; i < 50; ++i) seen.insert(harbour->choose(both, {}));
    CHECK(seen.size() == 2);
}

TEST_CASE_METHOD(Fixture, "an address that was tried is avoided while there is another") {
    make();
    for (int i = 0; i < 20; ++i) {
        CHECK(harbour->choose(both, std::span(both).first(1)) == both[1]);
        const auto any = harbour->choose(both, both);
        CHECK((any == both[0] || any == both[1]));
        CHECK(harbour->choose(std::span(both).first(1), both) == both[0]);
    }
}

TEST_CASE_METHOD(Fixture, "only the first word of a visit counts") {
    settings.passive.failures = 2;
    make();
    (void)harbour->choose(both, {});
    for (int i = 0; i < 2; ++i) {
        Visit one = visit();
        one.at(both[0]);
        one.failed();
        one.failed();
        one.succeeded();
    }
    CHECK(total(&UpstreamMetrics::failures) == 2);
    CHECK(total(&UpstreamMetrics::ejections) == 1);
    for (int i = 0; i < 20; ++i) CHECK(harbour->choose(both, {}) == both[1]);
}

TEST_CASE_METHOD(Fixture, "an open breaker lets nobody in, says for how long, and takes no place") {
    settings.breaker.emplace();
    settings.breaker->failures = 1;
    settings.pool.requests = 1;
    make();
    visit().failed();
    REQUIRE(harbour->try_place());
    const auto refused = harbour->admit(false);
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == Code::upstream_unreachable);
    CHECK(refused.error().retry_after == std::chrono::seconds(5));
    CHECK(harbour->try_place());
    CHECK(total(&UpstreamMetrics::openings) == 1);
}

TEST_CASE_METHOD(Fixture, "who is outrun did not fail, but as a trial he did not show that the destination is back") {
    settings.breaker.emplace();
    settings.breaker->failures = 1;
    settings.breaker->open = settings.breaker->longest = std::chrono::milliseconds(20);
    make();
    CHECK_FALSE(harbour->is_left_alone());
    visit().outrun();
    CHECK_FALSE(harbour->is_left_alone());
    visit().failed();
    CHECK(harbour->is_left_alone());
    while (harbour->is_left_alone()) std::this_thread::yield();
    {
        Visit trial = visit();
        trial.outrun();
        trial.succeeded();  // too late
    }
    CHECK(harbour->is_left_alone());
    CHECK(total(&UpstreamMetrics::failures) == 1);
    CHECK(total(&UpstreamMetrics::openings) == 2);
    while (harbour->is_left_alone()) std::this_thread::yield();
    visit().succeeded();
    visit().outrun();
    CHECK_FALSE(harbour->is_left_alone());
}

TEST_CASE_METHOD(Fixture, "bounds are shared by the workers, and nobody is left without a place") {
    settings.pool.requests = 8;
    settings.pool.connections = 1;
    make(4);
    CHECK((harbour->try_place() && harbour->try_place()));
    CHECK_FALSE(harbour->try_place());
    CHECK(harbour->connections().places() == 1);
}

TEST_CASE_METHOD(Fixture, "repetitions are counted against the attempts and the budget") {
    settings.retry.attempts = 2;
    settings.retry.budget_percent = 0;
    settings.retry.budget_least = 1;
    make(10);
    CHECK(harbour->may_retry(1));
    CHECK_FALSE(harbour->may_retry(2));
    CHECK_FALSE(harbour->may_retry(3));
    CHECK(total(&UpstreamMetrics::retries) == 1);
    CHECK(total(&UpstreamMetrics::unbudgeted) == 1);
}

TEST_CASE_METHOD(Fixture, "what a check found is kept before any request came") {
    settings.checks.emplace();
    settings.checks->unhealthy = 1;
    make();
    harbour->checked(both, both[0], false);
    for (int i = 0; i < 20; ++i) CHECK(harbour->choose(both, {}) == both[1]);
}

TEST_CASE_METHOD(Fixture, "a destination that was not there at start is counted as another") {
    CHECK(families.label_of("far") == 0);
    CHECK(families.label_of("new") == 1);
    CHECK(families.label_of("other") == 1);
}

TEST_CASE_METHOD(Fixture, "a second attempt beside the first is taken from the budget of retries, however many retries are allowed") {
    settings.retry.attempts = 0;
    settings.retry.budget_percent = 0;
    settings.retry.budget_least = 1;
    make();
    int granted = 0;
    while (granted < 100 && harbour->may_hedge()) ++granted;
    CHECK(granted == 10);
    CHECK_FALSE(harbour->may_hedge());
    CHECK(total(&UpstreamMetrics::unbudgeted) == 2);
    CHECK(total(&UpstreamMetrics::retries) == 0);
}

TEST_CASE_METHOD(Fixture, "a destination has another address only if one is known that is well") {
    settings.passive.failures = 1;
    make();
    CHECK_FALSE(harbour->has_other(both[0]));
    (void)harbour->choose(both, {});
    CHECK(harbour->has_other(both[0]));
    Visit lost = visit();
    lost.at(both[1]);
    lost.failed();
    CHECK_FALSE(harbour->has_other(both[0]));
    CHECK(harbour->has_other(both[1]));
}
