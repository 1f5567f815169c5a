// Ejection and return of addresses, by a clock that the test moves.
#include "proxy/upstream/health.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;
using namespace std::chrono_literals;
using boost::asio::ip::make_address;

namespace {

const Health::Time start{1h};
const auto a = make_address("127.0.0.1"), b = make_address("127.0.0.2"), c = make_address("::1");

struct Fixture {
    Fixture() {
        settings.passive.failures = 3;
        settings.passive.ejection = 10s;
        settings.passive.longest_ejection = 25s;
        health.known(all, start);
    }
    void fail(const Health::Address& address, int times, Health::Time now = start) {
        for (int i = 0; i < times; ++i) health.failed(address, now);
    }
    UpstreamSettings settings;
    std::vector<Health::Address> all{a, b};
    Health health{settings};
};

using List = std::vector<Health::Address>;

}  // namespace

TEST_CASE_METHOD(Fixture, "failures in a row take an address out for a time; one success starts the count anew") {
    fail(a, 2);
    health.succeeded(a, start);
    fail(a, 2);
    CHECK(health.usable(all, start) == all);
    fail(a, 1);
    CHECK(health.usable(all, start) == List{b});
    CHECK(health.ejected(start) == 1);
    CHECK(health.ejections() == 1);
    CHECK(health.usable(all, start + 9999ms) == List{b});
    CHECK(health.usable(all, start + 10s) == all);
}

TEST_CASE_METHOD(Fixture, "each further ejection lasts longer, up to the longest, and quiet windows let them be forgotten") {
    auto now = start;
    for (const auto time : {10s, 20s, 25s, 25s}) {
        fail(a, 3, now);
        CHECK_FALSE(health.well(a, now + time - 1ms));
        CHECK(health.well(a, now + time));
        now += time;
    }
    for (int i = 0; i < 4; ++i) health.succeeded(a, now += 11s);
    fail(a, 3, now);
    CHECK(health.well(a, now + 10s));
}

TEST_CASE_METHOD(Fixture, "no more than the allowed share is ever ejected, so a single address never is") {
    fail(a, 3);
    fail(b, 30);
    CHECK(health.usable(all, start) == List{b});
    CHECK(health.ejected(start) == 1);
    // Once the first is back, the second may go.
    health.failed(b, start + 10s);
    CHECK(health.usable(all, start + 10s) == List{a});
    Health single(settings);
    single.known(std::vector{a}, start);
    for (int i = 0; i < 30; ++i) single.failed(a, start);
    CHECK(single.well(a, start));
}

TEST_CASE_METHOD(Fixture, "a low success rate ejects once enough was seen in the window") {
    settings.passive.failures = 0;
    settings.passive.success_rate = 50;
    settings.passive.least_requests = 10;
    settings.passive.window = 10s;
    for (int i = 0; i < 3; ++i) {
        health.succeeded(a, start);
        health.failed(a, start);
        health.failed(a, start);
    }
    CHECK(health.well(a, start));
    health.failed(a, start);
    CHECK_FALSE(health.well(a, start));
    // Failures that are spread over windows say less.
    for (int i = 0; i < 40; ++i) health.failed(b, start + 20s + i * 5s);
    CHECK(health.well(b, start + 5min));
}

TEST_CASE_METHOD(Fixture, "checks take an address out and bring it back, and all out is all in") {
    settings.checks.emplace();
    settings.checks->unhealthy = 2;
    settings.checks->healthy = 3;
    health.checked(a, false, start);
    health.checked(a, true, start);
    health.checked(a, false, start);
    CHECK(health.well(a, start));
    health.checked(a, false, start);
    CHECK(health.usable(all, start) == List{b});
    CHECK(health.checked_down() == 1);
    health.checked(b, false, start);
    health.checked(b, false, start);
    CHECK(health.usable(all, start) == all);
    for (int i = 0; i < 2; ++i) health.checked(a, true, start);
    CHECK_FALSE(health.well(a, start));
    health.checked(a, true, start);
    CHECK(health.usable(all, start) == List{a});
}

TEST_CASE_METHOD(Fixture, "an address that came back takes its full share only after the slow start") {
    settings.slow_start = 10s;
    CHECK(health.weight(a, start) == 1);
    fail(a, 3);
    const auto back = start + 10s;
    CHECK(health.weight(a, back) == Approx(0.1));
    CHECK(health.weight(a, back + 5s) == Approx(0.5));
    CHECK(health.weight(a, back + 10s) == 1);
    CHECK(health.weight(b, back) == 1);
    settings.slow_start = 0s;
    CHECK(health.weight(a, back) == 1);
}

TEST_CASE_METHOD(Fixture, "addresses that a name no longer has are forgotten, new ones begin as well") {
    fail(a, 3);
    const List later{b, c};
    health.known(later, start);
    CHECK(health.usable(later, start) == later);
    CHECK(health.ejected(start) == 0);
    health.failed(make_address("192.0.2.1"), start);
    health.known(all, start);
    CHECK(health.well(a, start));
}
