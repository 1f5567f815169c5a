// Two choices by chance: the less busy one wins, weights sit out, order is kept where it was asked for.
#include "proxy/upstream/balance.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <vector>

using namespace bordergate;

TEST_CASE("in order takes the first, and one choice needs no chance") {
    Chance chance(1);
    const std::vector<Choice> choices{{9, 1}, {0, 1}};
    CHECK(choose(choices, Balance::in_order, chance) == 0);
    CHECK(choose(std::span(choices).first(1), Balance::least_request, chance) == 0);
}

TEST_CASE("of two the less busy is always taken, of many the busiest never") {
    Chance chance(7);
    for (int i = 0; i < 1000; ++i) {
        CHECK(choose(std::vector<Choice>{{3, 1}, {2, 1}}, Balance::least_request, chance) == 1);
        CHECK(choose(std::vector<Choice>{{1, 1}, {9, 1}, {1, 1}, {1, 1}}, Balance::least_request, chance) != 1);
    }
}

TEST_CASE("requests that stay spread evenly") {
    Chance chance(3);
    std::vector<Choice> choices(10);
    for (int i = 0; i < 10'000; ++i) ++choices[choose(choices, Balance::least_request, chance)].in_flight;
    for (const auto& one : choices) CHECK((one.in_flight > 990 && one.in_flight < 1010));
}

TEST_CASE("a weight below one takes that share of chances, and alone takes them all") {
    Chance chance(5);
    std::array<int, 2> taken{};
    for (int i = 0; i < 10'000; ++i) ++taken[choose(std::vector<Choice>{{0, 1}, {0, 0.1}}, Balance::least_request, chance)];
    CHECK((taken[1] > 350 && taken[1] < 650));
    CHECK(choose(std::vector<Choice>{{0, 0.000001}}, Balance::least_request, chance) == 0);
    std::array<int, 2> both{};
    for (int i = 0; i < 1000; ++i) ++both[choose(std::vector<Choice>{{0, 0.000001}, {0, 0.000001}}, Balance::least_request, chance)];
    CHECK((both[0] > 300 && both[1] > 300));
}

TEST_CASE("a fraction stays below one") {
    Chance chance(11);
    for (int i = 0; i < 100'000; ++i) {
        const double one = fraction(chance);
        REQUIRE((one >= 0 && one < 1));
    }
}
