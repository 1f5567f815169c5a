// Places and the queue before them: in order, bounded in number and in time.
#include "proxy/upstream/slots.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <vector>

using namespace bordergate;
using namespace std::chrono_literals;

namespace {

struct Fixture {
    Slots& make(std::size_t places, std::size_t pending, std::chrono::milliseconds wait) {
        slots = std::make_unique<Slots>(io.get_executor(), places, pending, wait);
        return *slots;
    }
    void take(int who) {
        auto taking = [this, who]() -> Task<void> {
            const Status taken = co_await slots->take();
            (taken.has_value() ? served : refused).push_back(who);
        };
        spawn(io, std::move(taking), [](std::exception_ptr failure) { CHECK(failure == nullptr); });
        run();
    }
    void run() {
        io.restart();
        io.poll();
    }
    boost::asio::io_context io;
    std::unique_ptr<Slots> slots;
    std::vector<int> served, refused;
};

using List = std::vector<int>;

}  // namespace

TEST_CASE_METHOD(Fixture, "who waits longest gets the place that is given up, before anybody new") {
    Slots& slots = make(1, 10, 1h);
    for (int who : {1, 2, 3}) take(who);
    CHECK(served == List{1});
    CHECK(slots.waiting() == 2);
    slots.give_up();
    CHECK_FALSE(slots.try_take());
    run();
    CHECK(served == List{1, 2});
    slots.give_up();
    slots.give_up();
    run();
    CHECK(served == List{1, 2, 3});
    CHECK(slots.taken() == 0);
    CHECK(slots.try_take());
}

TEST_CASE_METHOD(Fixture, "one too many is refused at once, and who waited too long is out of the queue") {
    Slots& slots = make(1, 1, 1ms);
    for (int who : {1, 2, 3}) take(who);
    CHECK(refused == List{3});
    io.restart();
    io.run_for(1s);
    CHECK(refused == List{3, 2});
    CHECK(slots.waiting() == 0);
    slots.give_up();
    CHECK(slots.taken() == 0);
    make(1, 0, 1h);
    for (int who : {4, 5}) take(who);
    CHECK(served == List{1, 4});
    CHECK(refused == List{3, 2, 5});
}
