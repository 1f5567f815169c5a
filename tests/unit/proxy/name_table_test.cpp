// How long an answer is believed: its time to live, clamped, and no longer.
#include "proxy/upstream/name_table.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;
using namespace std::chrono_literals;

namespace {

const NameTable::Time start{1h};
const NameTable::Addresses here{boost::asio::ip::make_address("192.0.2.1")}, there{boost::asio::ip::make_address("192.0.2.2")};

Result<Resolution> answer(const NameTable::Addresses& addresses, std::chrono::seconds ttl) { return Resolution{addresses, ttl}; }
Result<Resolution> failure() { return fault(Code::upstream_unreachable, "no server"); }

bool knows(const NameTable& table, const NameTable::Addresses& addresses, NameTable::Time now) {
    const auto found = table.find("x", now);
    return found.addresses && *found.addresses == addresses;
}
bool must_ask(const NameTable& table, NameTable::Time now) {
    const auto found = table.find("x", now);
    return !found.addresses && !found.fault;
}

}  // namespace

TEST_CASE("an answer is used for its time to live, between a second and an hour") {
    const std::pair<std::chrono::seconds, std::chrono::seconds> cases[]{{0s, 1s}, {1s, 1s}, {60s, 60s}, {1h, 1h}, {48h, 1h}};
    for (const auto& [ttl, used] : cases) {
        NameTable table(0ms);
        CHECK(must_ask(table, start));
        table.learn("x", answer(here, ttl), start);
        CHECK(knows(table, here, start + used - 1ms));
        CHECK(must_ask(table, start + used));
        CHECK_FALSE(table.find("x", start + std::chrono::milliseconds(used) * 4 / 5 - 1ms).renew);
        CHECK(table.find("x", start + std::chrono::milliseconds(used) * 4 / 5).renew);
    }
}

TEST_CASE("a new answer replaces the old one whole") {
    NameTable table(0ms);
    table.learn("x", answer(here, 60s), start);
    table.learn("x", answer(there, 60s), start + 30s);
    CHECK(knows(table, there, start + 89s));
    table.learn("x", answer({}, 60s), start + 89s);
    CHECK(table.find("x", start + 89s).fault);
    CHECK(must_ask(table, start + 89s + NameTable::negative));
}

TEST_CASE("a failure leaves what is good, is not repeated at once, and never makes an old answer usable") {
    NameTable table(0ms);
    table.learn("x", answer(here, 10s), start);
    table.learn("x", failure(), start + 9s);
    CHECK(knows(table, here, start + 9s));
    CHECK_FALSE(table.find("x", start + 9s).renew);
    CHECK(must_ask(table, start + 10s));
    table.learn("x", failure(), start + 10s);
    CHECK(table.find("x", start + 10s).fault);
    CHECK(must_ask(table, start + 10s + NameTable::failed));
}

TEST_CASE("an old answer is used only as long as dns.stale says, and only once no new one can be had") {
    NameTable table(30s);
    table.learn("x", answer(here, 10s), start);
    CHECK(must_ask(table, start + 10s));
    table.learn("x", failure(), start + 10s);
    CHECK(knows(table, here, start + 10s));
    table.learn("x", failure(), start + 39s);
    CHECK(knows(table, here, start + 39s));
    table.learn("x", failure(), start + 40s);
    CHECK(table.find("x", start + 40s).fault);
    table.learn("x", answer({}, 10s), start + 41s);
    CHECK(table.find("x", start + 41s).fault);
}

TEST_CASE("the table is bounded") {
    NameTable table(0ms);
    for (std::size_t i = 0; i < NameTable::most_names * 3; ++i) table.learn("n" + std::to_string(i), answer(here, 1h), start);
    table.learn("x", answer(there, 1h), start);
    CHECK(knows(table, there, start));
    CHECK(must_ask(table, start + 1h));
}
