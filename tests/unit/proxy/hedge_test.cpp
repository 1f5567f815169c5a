// Two attempts race: who wins, when the second is made, and that both have ended when the race has.
#include "proxy/hedge.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <vector>

#include "proxy/net/event.hpp"

using namespace bordergate;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

/// An attempt that ends when it is told to, or is cut.
class Told final : public Runner {
  public:
    explicit Told(asio::io_context& io) : event_(io.get_executor()) {}
    Task<Status> run() override {
        begun = true;
        if (!told_) co_await event_.wait();
        ended = true;
        if (throws) throw std::runtime_error("no attempt does that");
        co_return status_;
    }
    bool serves() const override { return serves_; }
    void cut() override {
        ++cuts;
        if (!told_) end(fault(Code::upstream_gone, "cut"));
    }
    void answer(bool good = true) {
        serves_ = good;
        end({});
    }
    void fail() { end(fault(Code::upstream_gone, "lost")); }

    bool begun = false, ended = false, throws = false;
    int cuts = 0;

  private:
    void end(Status status) {
        told_ = true;
        status_ = std::move(status);
        event_.signal();
    }
    Event event_;
    bool told_ = false, serves_ = true;
    Status status_;
};

struct Field {
    void start(std::chrono::milliseconds after, bool second_made = true) {
        race = std::make_unique<Race>(io.get_executor(), first, after);
        const Race::Second make = [this, second_made]() -> Runner* {
            ++asked;
            return second_made ? &second : nullptr;
        };
        spawn(io, race->run(make), [this](std::exception_ptr) { over = true; });
    }
    /// Lets time pass until `condition`.
    template <class Condition>
    void until(Condition&& condition) {
        const auto end = std::chrono::steady_clock::now() + 10s;
        while (!condition() && std::chrono::steady_clock::now() < end) io.run_one_for(100ms);
        REQUIRE(condition());
    }
    void settle() {
        io.restart();
        until([this] { return over; });
    }
    asio::io_context io;
    Told first{io}, second{io};
    std::unique_ptr<Race> race;
    int asked = 0;
    bool over = false;
};

}  // namespace

TEST_CASE_METHOD(Field, "race: an answer in time, or a failure in time, is the end; there is no second") {
    start(1h);
    io.poll();
    CHECK((first.begun && asked == 0));
    SECTION("an answer") {
        first.answer();
        settle();
        CHECK(race->first().good);
    }
    SECTION("an answer of a server that failed") {
        first.answer(false);
        settle();
        CHECK_FALSE(race->first().good);
        CHECK(race->first().status.has_value());
    }
    SECTION("a failure") {
        first.fail();
        settle();
        CHECK(race->first().status.has_error());
    }
    CHECK(asked == 0);
    CHECK_FALSE(race->second_won());
    CHECK(race->second().runner == nullptr);
    CHECK(first.cuts == 0);
}

TEST_CASE_METHOD(Field, "race: an attempt that ends before anybody waits is not taken for one that goes on") {
    first.answer();
    start(1h);
    settle();
    CHECK(race->first().good);
    CHECK(first.cuts == 0);
}

TEST_CASE_METHOD(Field, "race: where no second is made the first goes on alone") {
    start(1ms, false);
    until([this] { return asked == 1; });
    io.poll();
    CHECK_FALSE(over);
    first.answer();
    settle();
    CHECK(race->first().good);
    CHECK(asked == 1);
}

TEST_CASE_METHOD(Field, "race: the first good answer wins, and the other is cut and waited for") {
    start(1ms);
    until([this] { return second.begun; });
    SECTION("the second") {
        second.answer();
        settle();
        CHECK(race->second_won());
        CHECK((first.cuts == 1 && first.ended && race->first().cut && race->first().done));
        CHECK((second.cuts == 0 && !race->second().cut));
    }
    SECTION("the first") {
        first.answer();
        settle();
        CHECK_FALSE(race->second_won());
        CHECK((second.cuts == 1 && second.ended && race->second().cut && race->second().done));
        CHECK(first.cuts == 0);
    }
    SECTION("both at once: the first has it") {
        second.answer();
        first.answer();
        settle();
        CHECK_FALSE(race->second_won());
        CHECK((race->first().good && race->second().good));
        CHECK((first.cuts == 0 && second.cuts == 0));
    }
    CHECK(asked == 1);
}

TEST_CASE_METHOD(Field, "race: a second that is answered or fails within the call that begins it is no special case") {
    second.answer();
    start(1ms);
    settle();
    CHECK(race->second_won());
    CHECK((first.cuts == 1 && second.cuts == 0));
}

TEST_CASE_METHOD(Field, "race: what fails, or is answered by a server that failed, waits for the other") {
    start(1ms);
    until([this] { return second.begun; });
    SECTION("the second fails: the first goes on") {
        const bool answered = GENERATE(true, false);
        if (answered)
            second.answer(false);
        else
            second.fail();
        io.restart();
        until([this] { return race->second().done; });
        io.poll();
        CHECK_FALSE(over);
        first.answer();
        settle();
        CHECK_FALSE(race->second_won());
        CHECK(race->first().good);
        CHECK((first.cuts == 0 && second.cuts == 0));
    }
    SECTION("the first fails: the second may still win") {
        const bool answered = GENERATE(true, false);
        if (answered)
            first.answer(false);
        else
            first.fail();
        io.restart();
        until([this] { return race->first().done; });
        io.poll();
        CHECK_FALSE(over);
        second.answer();
        settle();
        CHECK(race->second_won());
        CHECK((first.cuts == 0 && second.cuts == 0));
    }
    SECTION("both fail: the first's end is the end of both") {
        second.fail();
        first.fail();
        settle();
        CHECK_FALSE(race->second_won());
        CHECK((race->first().status.has_error() && race->second().status.has_error()));
    }
    SECTION("an attempt that throws has failed") {
        second.throws = true;
        second.answer();
        first.answer();
        settle();
        CHECK(race->second().status.error().code == Code::internal);
        CHECK(race->first().good);
    }
}

TEST_CASE("race: a loop that ends takes both attempts with it") {
    auto field = std::make_unique<Field>();
    field->start(1ms);
    field->until([&] { return field->second.begun; });
    CHECK_FALSE(field->over);
    field.reset();
}
