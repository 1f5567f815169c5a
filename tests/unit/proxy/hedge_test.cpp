// The race without attempts: runners that end when the test says so.
#include "proxy/hedge.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "proxy/net/event.hpp"

using namespace bordergate;
namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

struct Horse final : Runner {
    explicit Horse(asio::io_context& io) : over(io.get_executor()) {}
    Task<Status> run() override {
        ++begun;
        co_await over.wait();
        if (fails) co_return fault(Code::upstream_gone, "it fell");
        co_return Status{};
    }
    bool serves() const override { return good; }
    void cut() override {
        ++cuts;
        fails = true;
        over.signal();
    }
    void end(bool well = true, bool serving = true) {
        fails = !well;
        good = serving;
        over.signal();
    }
    Event over;
    bool fails = false, good = true;
    int begun = 0, cuts = 0;
};

struct Field {
    explicit Field(std::chrono::milliseconds after) : first(io), second(io), race(io.get_executor(), first, after) {}
    void start(bool has_second = true) {
        const Race::Second other = [this, has_second]() -> Runner* {
            ++asked;
            return has_second ? &second : nullptr;
        };
        spawn(io, race.run(other), [this](std::exception_ptr) { done = true; });
    }
    /// Runs until nothing is left to do but to wait for a runner.
    void settle() {
        io.restart();
        io.run_for(50ms);
    }
    asio::io_context io;
    Horse first, second;
    Race race;
    int asked = 0;
    bool done = false;
};

}  // namespace

TEST_CASE("an answer in time needs no second attempt") {
    Field field(1h);
    field.start();
    field.io.poll();
    field.first.end();
    field.io.poll();
    CHECK(field.done);
    CHECK(field.asked == 0);
    CHECK_FALSE(field.race.second_won());
    CHECK(field.race.first().good);
}

TEST_CASE("a failure in time is the end, without a second attempt") {
    Field field(1h);
    field.start();
    field.io.poll();
    field.first.end(false);
    field.io.poll();
    CHECK(field.done);
    CHECK(field.asked == 0);
    CHECK(field.race.first().status.has_error());
}

TEST_CASE("the first good answer wins, and the other is cut and waited for") {
    for (const bool second_wins : {true, false}) {
        Field field(0ms);
        field.start();
        field.settle();
        REQUIRE(field.asked == 1);
        CHECK_FALSE(field.done);
        (second_wins ? field.second : field.first).end();
        field.settle();
        CHECK(field.done);
        CHECK(field.race.second_won() == second_wins);
        CHECK(field.first.cuts == (second_wins ? 1 : 0));
        CHECK(field.second.cuts == (second_wins ? 0 : 1));
        CHECK((second_wins ? field.race.first() : field.race.second()).cut);
    }
}

TEST_CASE("what fails, or is answered by a server that fails, waits for the other") {
    for (const bool fails : {true, false}) {
        Field field(0ms);
        field.start();
        field.settle();
        field.first.end(!fails, false);
        field.settle();
        CHECK_FALSE(field.done);
        field.second.end();
        field.settle();
        CHECK(field.done);
        CHECK(field.race.second_won());
    }
    Field field(0ms);
    field.start();
    field.settle();
    field.second.end(false);
    field.settle();
    CHECK_FALSE(field.done);
    field.first.end(true, false);
    field.settle();
    CHECK(field.done);
    CHECK_FALSE(field.race.second_won());
}

TEST_CASE("where there is no second attempt the first goes on") {
    Field field(0ms);
    field.start(false);
    field.settle();
    CHECK(field.asked == 1);
    CHECK_FALSE(field.done);
    field.first.end();
    field.settle();
    CHECK(field.done);
    CHECK(field.second.begun == 0);
}
