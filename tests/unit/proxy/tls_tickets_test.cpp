#include "proxy/net/tls_tickets.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;
using std::chrono::hours;
using std::chrono::minutes;

TEST_CASE("ticket keys rotate, and the one before opens what it made and no longer") {
    TicketKeys keys;
    const auto start = TicketKeys::Clock::now();
    const auto first = keys.current(start);
    REQUIRE(first);
    CHECK(first->cipher != first->mac);
    CHECK(keys.current(start + TicketKeys::rotation - minutes(1))->name == first->name);
    const auto rotated = start + TicketKeys::rotation;
    const auto second = keys.current(rotated);
    CHECK(second->name != first->name);
    CHECK(second->cipher != first->cipher);
    const auto old = keys.find(first->name, rotated + minutes(119));
    REQUIRE(old);
    CHECK((old->renew && old->key.cipher == first->cipher && old->key.mac == first->mac));
    CHECK_FALSE(keys.find(second->name, rotated)->renew);
    CHECK_FALSE(keys.find(first->name, rotated + TicketKeys::ticket_lifetime));
    CHECK_FALSE(keys.find(TicketKey{}.name, rotated));
}

TEST_CASE("after a long silence no old ticket opens") {
    TicketKeys keys;
    const auto start = TicketKeys::Clock::now();
    const auto first = keys.current(start);
    CHECK_FALSE(keys.find(first->name, start + TicketKeys::rotation + TicketKeys::ticket_lifetime));
}

TEST_CASE("two sets of ticket keys have nothing in common") {
    TicketKeys one, two;
    const auto now = TicketKeys::Clock::now();
    const auto a = one.current(now), b = two.current(now);
    CHECK((a->name != b->name && a->cipher != b->cipher && a->mac != b->mac));
    CHECK_FALSE(two.find(a->name, now));
}
