#include "proxy/net/event.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>
#include <memory>

using namespace bordergate;
namespace asio = boost::asio;

namespace {

Task<void> wait_times(Event& event, int times, int& woken) {
    for (int i = 0; i < times; ++i) {
        co_await event.wait();
        ++woken;
    }
}

Task<void> hold(std::shared_ptr<int> held, std::shared_ptr<Event> event) {
    co_await event->wait();
    ++*held;
}

}  // namespace

TEST_CASE("event: a signal wakes its waiter once, from the loop and not inside signal()") {
    asio::io_context io;
    Event event(io.get_executor());
    int woken = 0;
    spawn(io, wait_times(event, 2, woken), [](std::exception_ptr) {});
    io.poll();
    CHECK(woken == 0);
    event.signal();
    CHECK(woken == 0);
    io.poll();
    CHECK(woken == 1);
    event.signal();
    io.poll();
    CHECK(woken == 2);
}

TEST_CASE("event: a signal before the wait is remembered, and several are one") {
    asio::io_context io;
    Event event(io.get_executor());
    int woken = 0;
    event.signal();
    event.signal();
    spawn(io, wait_times(event, 2, woken), [](std::exception_ptr) {});
    io.poll();
    CHECK(woken == 1);
    event.signal();
    event.signal();
    io.poll();
    CHECK(woken == 2);
}

TEST_CASE("event: signals between the wake and its turn are not lost") {
    asio::io_context io;
    Event event(io.get_executor());
    int woken = 0;
    spawn(io, wait_times(event, 3, woken), [](std::exception_ptr) {});
    io.poll();
    for (int i = 0; i < 3; ++i) {
        asio::post(io, [&event] { event.signal(); });
        io.poll();
    }
    CHECK(woken == 3);
}

TEST_CASE("event: a loop that ends takes a waiter and what it holds with it") {
    auto held = std::make_shared<int>(0);
    std::weak_ptr<int> watched = held;
    {
        asio::io_context io;
        auto event = std::make_shared<Event>(io.get_executor());
        spawn(io, hold(std::move(held), event), [](std::exception_ptr) {});
        io.poll();
        CHECK_FALSE(watched.expired());
        event.reset();  // the waiter's frame is the last owner
    }
    CHECK(watched.expired());
}
