// Task: the coroutine type of everything that waits. One thread per worker, no strands, and Asio is the event loop.
//
// A task starts when it is awaited and lives in the expression that awaits it, so frames nest as calls do. spawn()
// begins such a chain on an event loop; `co_await operation(…, resumed)` waits for any Asio operation and yields a tuple
// of what its handler is given. Whoever holds the continuation of a suspended chain (the loop's queue, as a rule) owns
// it: dropped instead of called, it destroys the whole chain, so nothing leaks when a loop ends.
//
// House rule for GCC 12, which destroys some temporaries of a co_await expression twice: name aggregates
// and callables before the co_await that uses them.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <coroutine>
#include <exception>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "proxy/task_frames.hpp"

namespace bordergate {

template <class T>
class Task;

namespace task_detail {

/// The frame at which a chain begins. It belongs to whoever may continue the chain, and goes when the chain is done.
struct Root;
struct RootPromise : FrameMemory {
    std::coroutine_handle<RootPromise> root = std::coroutine_handle<RootPromise>::from_promise(*this);
    bool suspended = false;  ///< some frame of the chain has waited since it began

    inline Root get_return_object();
    static std::suspend_always initial_suspend() noexcept { return {}; }
    static std::suspend_never final_suspend() noexcept { return {}; }
    static void return_void() noexcept {}
    [[noreturn]] static void unhandled_exception() noexcept { std::terminate(); }
};

/// What every frame of a chain knows: who goes on when it is done, and where the chain began.
struct Promise : FrameMemory {
    std::coroutine_handle<> continuation;
    std::coroutine_handle<RootPromise> root;
    std::exception_ptr failure;

    static std::suspend_always initial_suspend() noexcept { return {}; }
    void unhandled_exception() noexcept { failure = std::current_exception(); }

    struct Final {
        static bool await_ready() noexcept { return false; }
        template <class P>
        static std::coroutine_handle<> await_suspend(std::coroutine_handle<P> done) noexcept { return done.promise().continuation; }
        static void await_resume() noexcept {}
    };
    static Final final_suspend() noexcept { return {}; }
};

template <class T>
struct ValuePromise : Promise {
    std::optional<T> value;
    template <class U>
    void return_value(U&& given) { value.emplace(std::forward<U>(given)); }
    T take() {
        if (failure) std::rethrow_exception(failure);
        return std::move(*value);
    }
};

template <>
struct ValuePromise<void> : Promise {
    static void return_void() noexcept {}
    void take() const {
        if (failure) std::rethrow_exception(failure);
    }
};

}  // namespace task_detail

/// A computation that has not begun, and yields a T. Movable; awaited at most once. Not thread-safe.
template <class T = void>
class [[nodiscard]] Task {
  public:
    struct promise_type : task_detail::ValuePromise<T> {
        Task get_return_object() { return Task(std::coroutine_handle<promise_type>::from_promise(*this)); }
    };

    Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
    Task& operator=(Task&& other) noexcept {
        std::swap(frame_, other.frame_);
        return *this;
    }
    ~Task() {
        if (frame_) frame_.destroy();
    }

    // A task is its own awaiter: there is no temporary for GCC to destroy twice.
    static bool await_ready() noexcept { return false; }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> waiting) noexcept {
        auto& promise = frame_.promise();
        promise.continuation = waiting;
        promise.root = waiting.promise().root;
        return frame_;
    }
    T await_resume() { return frame_.promise().take(); }

  private:
    explicit Task(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
    std::coroutine_handle<promise_type> frame_;
};

/// The right and the duty to continue a suspended chain. Dropped without resume(), it destroys the chain.
class Resumption {
  public:
    Resumption() = default;
    template <class P>
    explicit Resumption(std::coroutine_handle<P> suspended) : suspended_(suspended), root_(suspended.promise().root) {
        root_.promise().suspended = true;
    }
    Resumption(Resumption&& other) noexcept : suspended_(std::exchange(other.suspended_, nullptr)), root_(other.root_) {}
    Resumption& operator=(Resumption&& other) noexcept {
        std::swap(suspended_, other.suspended_);
        std::swap(root_, other.root_);
        return *this;
    }
    ~Resumption() {
        if (suspended_) root_.destroy();
    }
    void resume() { std::exchange(suspended_, nullptr).resume(); }

  private:
    std::coroutine_handle<> suspended_;
    std::coroutine_handle<task_detail::RootPromise> root_;
};

/// Completion token: `co_await timer.async_wait(resumed)` yields a tuple of what a handler would be given. Errors are
/// among it; nothing is thrown.
struct Resumed {};
inline constexpr Resumed resumed{};

namespace task_detail {

/// An Asio operation that begins when it is awaited, with its arguments as they were given.
template <class Initiation, class Arguments, class... Results>
class Operation {
  public:
    explicit Operation(Initiation initiation, Arguments arguments)
        : initiation_(std::move(initiation)), arguments_(std::move(arguments)) {}

    static bool await_ready() noexcept { return false; }
    template <class P>
    void await_suspend(std::coroutine_handle<P> waiting) {
        std::apply([&](auto&... arguments) { std::move(initiation_)(Handler{results_, Resumption(waiting)}, std::move(arguments)...); },
                   arguments_);
    }
    std::tuple<Results...> await_resume() { return std::move(*results_); }

  private:
    struct Handler {
        std::optional<std::tuple<Results...>>& results;
        Resumption resumption;
        template <class... Given>
        void operator()(Given&&... given) {
            results.emplace(std::forward<Given>(given)...);
            resumption.resume();
        }
    };
    Initiation initiation_;
    Arguments arguments_;
    std::optional<std::tuple<Results...>> results_;
};

struct Root {
    using promise_type = RootPromise;
    Resumption start;
};
inline Root RootPromise::get_return_object() { return {Resumption(root)}; }

/// Yields the promise of the root that awaits it.
struct Begun {
    RootPromise* promise = nullptr;
    static bool await_ready() noexcept { return false; }
    bool await_suspend(std::coroutine_handle<RootPromise> root) noexcept {
        promise = &root.promise();
        promise->suspended = false;
        return false;
    }
    static void await_resume() noexcept {}
};

/// Goes on when the loop comes to it.
struct Later {
    boost::asio::any_io_executor on;
    static bool await_ready() noexcept { return false; }
    void await_suspend(std::coroutine_handle<RootPromise> root) {
        boost::asio::post(on, [waiting = Resumption(root)]() mutable { waiting.resume(); });
    }
    static void await_resume() noexcept {}
};

template <class Begins, class Ended>
Root run(boost::asio::executor_work_guard<boost::asio::any_io_executor> work, Begins begins, Ended ended) {
    Begun begun;
    co_await begun;
    std::exception_ptr failure;
    try {
        if constexpr (std::is_same_v<Begins, Task<void>>) {
            Task<void> task = std::move(begins);
            co_await task;
        } else {
            // The callable stays in this frame: its captures last as long as the chain.
            Task<void> task = begins();
            co_await task;
        }
    } catch (...) {
        failure = std::current_exception();
    }
    if (!begun.promise->suspended) {
        // Still within spawn(), whose caller does not expect the end yet.
        Later later{work.get_executor()};
        co_await later;
    }
    work.reset();
    ended(failure);
}

}  // namespace task_detail

/// Begins a chain on the event loop of `where` (an executor, or an object that has one): at once if called on its
/// thread, else when the loop comes to it. `begins` is a Task<void> or a callable that makes one. `ended` is called on
/// that thread when it has ended, never from within spawn(), with what it threw or null; it must not throw.
template <class Where, class Begins, class Ended>
void spawn(Where&& where, Begins begins, Ended ended) {
    const auto on = [&]() -> boost::asio::any_io_executor {
        if constexpr (requires { where.get_executor(); })
            return where.get_executor();
        else
            return where;
    }();
    auto root = task_detail::run(boost::asio::make_work_guard(on), std::move(begins), std::move(ended));
    boost::asio::dispatch(on, [start = std::move(root.start)]() mutable { start.resume(); });
}

}  // namespace bordergate

template <class... Results>
class boost::asio::async_result<bordergate::Resumed, void(Results...)> {
  public:
    template <class Initiation, class... Arguments>
    static auto initiate(Initiation initiation, bordergate::Resumed, Arguments... arguments) {
        using Kept = std::tuple<Arguments...>;
        return bordergate::task_detail::Operation<Initiation, Kept, std::decay_t<Results>...>(
            std::move(initiation), Kept(std::move(arguments)...));
    }
};
