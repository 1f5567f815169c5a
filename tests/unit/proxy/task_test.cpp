// Tasks: values and exceptions through chains, Asio operations, and who owns what is suspended. Run under
// AddressSanitizer: what leaks or is destroyed twice fails there.
#include "proxy/task.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <catch2/catch.hpp>
#include <memory>
#include <stdexcept>
#include <string>

using namespace bordergate;
namespace asio = boost::asio;

namespace {

Task<int> doubled(int value) { co_return value * 2; }

Task<std::string> described(int value) {
    const int twice = co_await doubled(value);
    if (twice > 100) throw std::runtime_error("too much");
    co_return std::to_string(twice);
}

/// Runs a chain to its end and tells what it threw.
template <class Begins>
std::exception_ptr run(asio::io_context& io, Begins begins) {
    std::exception_ptr thrown;
    bool ended = false;
    spawn(io, std::move(begins), [&](std::exception_ptr failure) {
        thrown = failure;
        ended = true;
    });
    CHECK_FALSE(ended);  // not on the loop's thread: it waits for the loop
    io.run();
    CHECK(ended);
    return thrown;
}

/// Tells how many of it live.
struct Counted {
    explicit Counted(int& alive) : alive(alive) { ++alive; }
    Counted(const Counted& other) : alive(other.alive) { ++alive; }
    ~Counted() { --alive; }
    int& alive;
};

Task<void> wait_long(asio::io_context& io, Counted) {
    asio::steady_timer timer(io, std::chrono::hours(1));
    co_await timer.async_wait(resumed);
}

Task<void> wait_deep(asio::io_context& io, int depth, int& alive) {
    const Counted here(alive);
    const Counted given(alive);
    if (depth == 0)
        co_await wait_long(io, given);
    else
        co_await wait_deep(io, depth - 1, alive);
}

/// Leaves the continuation of who awaits it in `kept`.
struct Pause {
    Resumption& kept;
    explicit Pause(Resumption& where) : kept(where) {}
    static bool await_ready() { return false; }
    template <class P>
    void await_suspend(std::coroutine_handle<P> waiting) { kept = Resumption(waiting); }
    static void await_resume() {}
};

}  // namespace

TEST_CASE("values and exceptions pass through a chain") {
    asio::io_context io{1};
    std::string text;
    auto chain = [&]() -> Task<void> {
        text = co_await described(21);
        bool caught = false;
        try {
            (void)co_await described(51);
        } catch (const std::runtime_error&) {
            caught = true;
        }
        CHECK(caught);
        (void)co_await described(60);
    };
    const auto thrown = run(io, chain);
    CHECK(text == "42");
    CHECK_THROWS_AS(std::rethrow_exception(thrown), std::runtime_error);
}

TEST_CASE("a task that is never awaited never begins, and leaves nothing") {
    int alive = 0;
    bool begun = false;
    auto begin = [&](Counted) -> Task<void> {
        begun = true;
        co_return;
    };
    {
        const Counted one(alive);
        const auto task = begin(one);
        CHECK(alive >= 2);
    }
    CHECK(alive == 0);
    CHECK_FALSE(begun);
}

TEST_CASE("operations yield what their handlers are given") {
    asio::io_context io{1};
    auto chain = [&]() -> Task<void> {
        asio::ip::tcp::acceptor acceptor(io, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
        asio::ip::tcp::socket client(io);
        const auto [failed] = co_await client.async_connect(acceptor.local_endpoint(), resumed);
        CHECK_FALSE(failed);
        auto [error, accepted] = co_await acceptor.async_accept(resumed);
        CHECK_FALSE(error);
        CHECK(accepted.remote_endpoint() == client.local_endpoint());
        asio::steady_timer timer(io, std::chrono::hours(1));
        asio::post(io, [&] { timer.cancel(); });
        const auto [cancelled] = co_await timer.async_wait(resumed);
        CHECK(cancelled == asio::error::operation_aborted);
    };
    CHECK(run(io, chain) == nullptr);
}

TEST_CASE("a million steps that need not wait use no stack") {
    asio::io_context io{1};
    long sum = 0;
    auto chain = [&]() -> Task<void> {
        for (int i = 0; i < 1'000'000; ++i) sum += co_await doubled(1);
    };
    CHECK(run(io, chain) == nullptr);
    CHECK(sum == 2'000'000);
}

TEST_CASE("a loop that ends destroys what is suspended on it, all of each chain") {
    int alive = 0;
    {
        asio::io_context io{1};
        for (int depth = 0; depth < 4; ++depth)
            spawn(io, wait_deep(io, depth, alive), [](std::exception_ptr) { FAIL("it never ended"); });
        io.poll();
        CHECK(alive > 0);
        // One more that never began.
        spawn(io, wait_deep(io, 0, alive), [](std::exception_ptr) { FAIL("it never began"); });
    }
    CHECK(alive == 0);
}

TEST_CASE("a chain begins at once on its loop's thread and keeps the loop at work") {
    asio::io_context io{1};
    std::string order;
    Resumption kept;
    auto inner = [&]() -> Task<void> {
        order += 'b';
        Pause pause(kept);
        co_await pause;
        order += 'e';
    };
    asio::post(io, [&] {
        order += 'a';
        spawn(io, std::move(inner), [&](std::exception_ptr) { order += 'f'; });
        order += 'c';
    });
    io.poll();
    CHECK(order == "abc");
    CHECK_FALSE(io.stopped());
    order += 'd';
    asio::post(io, [&] { kept.resume(); });
    io.run();
    CHECK(order == "abcdef");
}

TEST_CASE("the end of a chain that never waited is told after spawn, not within it") {
    asio::io_context io{1};
    std::string order;
    auto inner = [&]() -> Task<void> {
        order += 'b';
        co_return;
    };
    asio::post(io, [&] {
        order += 'a';
        spawn(io, std::move(inner), [&](std::exception_ptr) { order += 'd'; });
        order += 'c';
    });
    io.run();
    CHECK(order == "abcd");
}
