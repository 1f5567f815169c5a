// The breaker's states, by a clock that the test moves.
#include "proxy/upstream/breaker.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;
using namespace std::chrono_literals;
using State = Breaker::State;
using Pass = Breaker::Pass;

namespace {

const Breaker::Time start{1h};

Breaker opened(const BreakerSettings& settings) {
    Breaker breaker(settings);
    for (unsigned i = 0; i < settings.failures; ++i) breaker.failed(breaker.enter(start), start);
    return breaker;
}

BreakerSettings settings_of(unsigned failures, unsigned trials) {
    BreakerSettings settings;
    settings.failures = failures;
    settings.trials = trials;
    settings.open = 5s;
    settings.longest = 12s;
    return settings;
}

}  // namespace

TEST_CASE("failures in a row open it, and a success in between starts the count anew") {
    Breaker breaker(settings_of(3, 1));
    for (int i = 0; i < 2; ++i) breaker.failed(breaker.enter(start), start);
    breaker.succeeded(breaker.enter(start));
    for (int i = 0; i < 2; ++i) breaker.failed(breaker.enter(start), start);
    CHECK(breaker.state(start) == State::closed);
    breaker.failed(breaker.enter(start), start);
    CHECK(breaker.state(start) == State::open);
    CHECK(breaker.enter(start + 4999ms) == Pass::none);
    CHECK(breaker.closed_for(start + 4s) == 1s);
}

TEST_CASE("half open lets only its trials in, and as many good ones close it") {
    auto breaker = opened(settings_of(1, 2));
    const auto later = start + 5s;
    CHECK(breaker.state(later) == State::half_open);
    CHECK(breaker.closed_for(later) == 0ms);
    const Pass first = breaker.enter(later), second = breaker.enter(later);
    CHECK((first == Pass::trial && second == Pass::trial));
    CHECK(breaker.enter(later) == Pass::none);
    breaker.succeeded(first);
    CHECK(breaker.state(later) == State::half_open);
    CHECK(breaker.enter(later) == Pass::none);
    breaker.succeeded(second);
    CHECK(breaker.state(later) == State::closed);
    CHECK(breaker.enter(later) == Pass::ordinary);
}

TEST_CASE("a trial that fails opens it again for twice as long, up to the longest") {
    auto breaker = opened(settings_of(1, 1));
    auto now = start;
    for (const auto wait : {5s, 10s, 12s, 12s}) {
        CHECK(breaker.state(now + wait - 1ms) == State::open);
        now += wait;
        breaker.failed(breaker.enter(now), now);
    }
    now += 12s;
    breaker.succeeded(breaker.enter(now));
    breaker.failed(breaker.enter(now), now);
    CHECK(breaker.closed_for(now) == 5s);
}

TEST_CASE("a trial that tells nothing makes room for another") {
    auto breaker = opened(settings_of(1, 1));
    const auto later = start + 5s;
    breaker.abandoned(breaker.enter(later));
    CHECK(breaker.enter(later) == Pass::trial);
}

TEST_CASE("whether somebody would be let in is told without letting him in") {
    Breaker breaker(settings_of(1, 2));
    CHECK(breaker.lets_in(start));
    breaker.failed(breaker.enter(start), start);
    CHECK_FALSE(breaker.lets_in(start + 4999ms));
    const auto later = start + 5s;
    CHECK(breaker.lets_in(later));
    CHECK(breaker.enter(later) == Pass::trial);
    CHECK(breaker.lets_in(later));
    CHECK(breaker.enter(later) == Pass::trial);
    CHECK_FALSE(breaker.lets_in(later));
    breaker.abandoned(Pass::trial);
    CHECK(breaker.lets_in(later));
}

TEST_CASE("what was let in before it opened neither closes nor prolongs it") {
    Breaker breaker(settings_of(1, 1));
    const Pass early = breaker.enter(start), late = breaker.enter(start);
    breaker.failed(early, start);
    breaker.succeeded(late);
    CHECK(breaker.state(start) == State::open);
    breaker.failed(Pass::ordinary, start + 4s);
    CHECK(breaker.state(start + 5s) == State::half_open);
}
