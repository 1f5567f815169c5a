// Retries are a share of what was asked lately; pauses grow, with chance in them.
#include "proxy/upstream/retry_budget.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;
using namespace std::chrono_literals;

namespace {

const RetryBudget::Time start{1h};

int taken(RetryBudget& budget, RetryBudget::Time now) {
    int count = 0;
    while (count < 1000 && budget.take(now)) ++count;
    return count;
}

}  // namespace

TEST_CASE("retries are a share of the requests of ten seconds, and a few are always allowed") {
    RetrySettings settings;
    settings.budget_percent = 20;
    settings.budget_least = 1;
    RetryBudget idle(settings, 1);
    CHECK(taken(idle, start) == 10);
    CHECK(taken(idle, start + 9s) == 0);
    CHECK(taken(idle, start + 10s) == 10);
    settings.budget_least = 0;
    RetryBudget busy(settings, 1);
    for (int i = 0; i < 100; ++i) busy.requested(start + i * 50ms);
    CHECK(taken(busy, start + 5s) == 20);
    CHECK(taken(busy, start + 9s) == 0);
    CHECK(taken(busy, start + 1min) == 0);
}

TEST_CASE("a worker has its part of the retries that are always allowed") {
    RetrySettings settings;
    settings.budget_percent = 0;
    settings.budget_least = 2;
    RetryBudget quarter(settings, 0.25);
    CHECK(taken(quarter, start) == 5);
    settings.budget_least = 0;
    RetryBudget none(settings, 1);
    CHECK_FALSE(none.take(start));
}

TEST_CASE("pauses double up to the longest, between half and all of it") {
    RetrySettings settings;
    settings.back_off = 20ms;
    settings.longest_back_off = 60ms;
    RetryBudget budget(settings, 1);
    Chance chance(1);
    const std::pair<unsigned, std::chrono::milliseconds> cases[]{{1, 20ms}, {2, 40ms}, {3, 60ms}, {99, 60ms}};
    for (const auto& [number, most] : cases)
        for (int i = 0; i < 200; ++i) {
            const auto pause = budget.back_off(number, chance);
            REQUIRE((pause >= most / 2 && pause <= most));
        }
    settings.back_off = settings.longest_back_off = 0ms;
    CHECK(RetryBudget(settings, 1).back_off(1, chance) == 0ms);
}
