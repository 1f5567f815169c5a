// Quotas: exact over many threads, never stranded in a worker, and true about when to ask again.
#include <catch2/catch.hpp>
#include <thread>

#include "proxy/quota/source_quotas.hpp"

using namespace bordergate;
using namespace std::chrono_literals;

namespace {

Quota::Instant at(std::chrono::microseconds time) { return Quota::Instant(1h + time); }

/// How many of `asked` single tokens `worker` is granted.
std::uint64_t granted(Quota& quota, unsigned worker, std::uint64_t asked, Quota::Instant now) {
    std::uint64_t count = 0;
    for (std::uint64_t i = 0; i < asked; ++i) count += quota.take(worker, 1, now).granted ? 1 : 0;
    return count;
}

Source limited(std::string id, SourceLimits limits) {
    Source source;
    source.id = std::move(id);
    source.limits = limits;
    return source;
}

}  // namespace

TEST_CASE("a rate grants its burst, and then one token as often as it says", "[quota]") {
    RateQuota quota({10, 1s, 3}, 1);
    CHECK(granted(quota, 0, 10, at(0us)) == 3);
    const auto refused = quota.take(0, 1, at(40ms));
    CHECK_FALSE(refused.granted);
    CHECK(refused.wait == 60ms);
    CHECK_FALSE(quota.take(0, 1, at(100ms - 1us)).granted);
    CHECK(quota.take(0, 1, at(100ms)).granted);
    CHECK_FALSE(quota.take(0, 1, at(100ms)).granted);
    CHECK(granted(quota, 0, 10, at(1h)) == 3);  // no more than the burst is saved up
    CHECK(quota.take(0, 2, at(1h)).wait == 200ms);
    CHECK_FALSE(quota.take(0, 3, at(1h + 100ms)).granted);
    CHECK(quota.take(0, 1, at(1h + 100ms)).granted);  // who asks for less need not wait as long
    CHECK(quota.take(0, 4, at(1h + 10s)).wait == std::chrono::microseconds::max());
    CHECK(quota.take(0, 3, at(1h + 10s)).granted);
}

TEST_CASE("a rate loses no part of a token to rounding", "[quota]") {
    RateQuota quota({7, 1s, 1}, 1);
    std::uint64_t count = 0;
    for (auto time = 0us; time <= 100s; time += 997us) count += quota.take(0, 1, at(time)).granted ? 1 : 0;
    CHECK(count <= 701);
    CHECK(count >= 695);
}

TEST_CASE("the largest limits overflow nothing", "[quota]") {
    RateQuota quota({10'000'000, 24h, 10'000'000}, 256);
    CHECK(quota.take(0, 10'000'000, at(0us)).granted);
    CHECK(quota.take(0, 1, at(0us)).wait == 8640us);
    CHECK(quota.take(1, 9'000'000, at(24h * 365)).granted);
}

TEST_CASE("tokens that a worker leased and does not use go to the one that asks", "[quota]") {
    for (unsigned workers : {2U, 4U, 16U}) {
        RateQuota quota({1, 24h, 1000}, workers);
        std::uint64_t all = 0;
        for (unsigned one = 0; one < workers; ++one) all += granted(quota, one, 1, at(0us));
        all += granted(quota, 0, 2000, at(0us));
        CHECK(all == 1000);
        for (unsigned one = 0; one < workers; ++one) CHECK_FALSE(quota.take(one, 1, at(0us)).granted);
    }
}

TEST_CASE("what lies in slices counts in the burst: a pause does not add to it", "[quota]") {
    constexpr unsigned workers = 4;
    RateQuota quota({1000, 1s, 320}, workers);
    for (unsigned one = 0; one < workers; ++one) CHECK(quota.take(one, 1, at(0us)).granted);
    std::uint64_t all = 0;
    for (unsigned one = 0; one < workers; ++one) all += granted(quota, one, 1000, at(10s));
    CHECK(all <= 320);
    CHECK(all >= 320 - 320 / 8);
    CHECK(granted(quota, 0, 10, at(10s + 2ms)) == 2);  // nothing is leased any more
    CHECK(granted(quota, 0, 1000, at(20s)) >= 319);
}

TEST_CASE("many workers at once are granted the burst exactly while no time passes", "[quota]") {
    constexpr unsigned workers = 8;
    RateQuota quota({1, 24h, 20'000}, workers);
    std::atomic<std::uint64_t> all{0};
    std::vector<std::thread> threads;
    for (unsigned one = 0; one < workers; ++one)
        threads.emplace_back([&, one] { all += granted(quota, one, 10'000, at(0us)); });
    for (auto& thread : threads) thread.join();
    CHECK(all == 20'000);
}

TEST_CASE("many workers at once are never granted more than the rate while time passes", "[quota]") {
    constexpr unsigned workers = 8;
    constexpr std::int64_t steps = 4000;
    RateQuota quota({5000, 1s, 200}, workers);
    std::atomic<std::int64_t> now{0};
    std::atomic<std::uint64_t> all{0};
    std::vector<std::thread> threads;
    for (unsigned one = 0; one < workers; ++one)
        threads.emplace_back([&, one] {
            for (std::int64_t time = 0; time < steps; time = now.fetch_add(1)) all += granted(quota, one, 5, at(time * 100us));
        });
    for (auto& thread : threads) thread.join();
    const std::uint64_t most = 200 + (steps - 1) * 5000 / 10'000;
    CHECK(all <= most);
    CHECK(all >= most - 200 / 8 - workers);
}

TEST_CASE("what is given back can be taken again, but is no more than the burst", "[quota]") {
    RateQuota quota({1, 24h, 10}, 1);
    CHECK(quota.take(0, 10, at(0us)).granted);
    quota.give_back(0, 4);
    RateQuota full({1, 24h, 10}, 2);
    full.give_back(0, 4);
    CHECK(granted(full, 1, 100, at(0us)) == 10);
    CHECK(granted(quota, 0, 100, at(0us)) == 4);
}

TEST_CASE("so many at once, over all threads, and all of them come back", "[quota]") {
    ConcurrencyQuota quota(50);
    std::atomic<int> under_way{0}, most{0};
    std::vector<std::thread> threads;
    for (unsigned one = 0; one < 8; ++one)
        threads.emplace_back([&, one] {
            for (int i = 0; i < 20'000; ++i) {
                if (!quota.take(one, 10, {}).granted) continue;
                const int here = under_way += 10;
                for (int seen = most; seen < here && !most.compare_exchange_weak(seen, here);) {}
                under_way -= 10;
                quota.give_back(one, 10);
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(most <= 50);
    CHECK(quota.used() == 0);
    CHECK(quota.take(0, 50, {}).granted);
    CHECK_FALSE(quota.take(1, 1, {}).granted);
}

TEST_CASE("a source is admitted by both of its limits, and a refusal uses up neither", "[quota]") {
    const std::vector<Source> sources{limited("free", {}), limited("both", {RateLimit{1, 10s, 2}, 1})};
    const SourceQuotas quotas(sources, 2);
    std::vector<Admission> kept(10);
    for (auto& one : kept) CHECK_FALSE(quotas.admit(0, 0, at(0us), one));
    {
        Admission first, second;
        CHECK_FALSE(quotas.admit(1, 0, at(0us), first));
        const auto reached = quotas.admit(1, 1, at(0us), second);
        REQUIRE(reached);
        CHECK(reached->limit == SourceQuotas::Limit::concurrent);
        CHECK(reached->retry_after == 1s);
    }
    {
        Admission again;
        CHECK_FALSE(quotas.admit(1, 1, at(0us), again));  // the refusal before took no token
    }
    for (int i = 0; i < 3; ++i) {  // nor do these take a place
        Admission none;
        const auto reached = quotas.admit(1, 0, at(1us), none);
        REQUIRE(reached);
        CHECK(reached->limit == SourceQuotas::Limit::rate);
        CHECK(reached->retry_after == 10s);
    }
    Admission late;
    CHECK_FALSE(quotas.admit(1, 0, at(10s), late));
}

TEST_CASE("a source goes on under its limits when others change, and anew under new ones", "[quota]") {
    const std::vector<Source> sources{limited("a", {RateLimit{1, 1h, 1}, {}})};
    const SourceQuotas before(sources, 2);
    Admission admission;
    CHECK_FALSE(before.admit(0, 0, at(0us), admission));
    const std::vector<Source> more{limited("new", {RateLimit{1, 1h, 1}, {}}), limited("a", {RateLimit{1, 1h, 1}, {}})};
    const SourceQuotas after(more, 2, &before);
    CHECK(after.admit(1, 1, at(0us), admission));
    CHECK_FALSE(after.admit(0, 1, at(0us), admission));
    const std::vector<Source> changed{limited("a", {RateLimit{2, 1h, 2}, {}})};
    const SourceQuotas anew(changed, 2, &after);
    CHECK_FALSE(anew.admit(0, 1, at(0us), admission));
}
