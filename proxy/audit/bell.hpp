// How the writer of the audit log sleeps and is woken: producers ring only when it sleeps, so that a record costs a
// system call only when nobody is at work.
#pragma once

#include <semaphore.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <ctime>

namespace bordergate {

class Bell {
  public:
    /// What the sleeper waits for.
    enum class Rest : std::uint8_t { none, idle, collecting };

    Bell() { ::sem_init(&woken_, 0, 0); }
    ~Bell() { ::sem_destroy(&woken_); }
    Bell(const Bell&) = delete;
    Bell& operator=(const Bell&) = delete;

    /// The sleeper says how it is about to rest, looks once more for what was queued before it said so, and sleeps or
    /// calls rise(). Whoever queues after that look finds it resting.
    void rest(Rest how) { rest_.store(how, std::memory_order_seq_cst); }
    /// Sleeps until rung or until `longest` is over; may wake for nothing.
    void sleep(std::chrono::nanoseconds longest) {
        timespec until{};
        ::clock_gettime(CLOCK_MONOTONIC, &until);
        const auto nanoseconds = until.tv_nsec + longest.count() % 1'000'000'000;
        until.tv_sec += static_cast<time_t>(longest.count() / 1'000'000'000 + nanoseconds / 1'000'000'000);
        until.tv_nsec = static_cast<long>(nanoseconds % 1'000'000'000);
        while (::sem_clockwait(&woken_, CLOCK_MONOTONIC, &until) != 0 && errno == EINTR) continue;
        rise();
    }
    void rise() { rest_.store(Rest::none, std::memory_order_seq_cst); }

    /// Wakes the sleeper if it rests as `how`; of many at once one does.
    void ring(Rest how) {
        auto expected = how;
        if (rest_.load(std::memory_order_seq_cst) == how && rest_.compare_exchange_strong(expected, Rest::none)) ::sem_post(&woken_);
    }
    /// Wakes the sleeper however it rests, now or the next time.
    void ring_always() { ::sem_post(&woken_); }

  private:
    // Written by the sleeper twice for each group, read by all with each record that is waited for.
    alignas(64) std::atomic<Rest> rest_{Rest::none};
    alignas(64) sem_t woken_;
};

}  // namespace bordergate
