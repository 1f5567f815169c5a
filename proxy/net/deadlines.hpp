// Deadlines of one worker. Setting one is a store: a single coarse timer sweeps those that are set, so an
// idle connection costs a list node and no timer of its own, and moving a deadline costs no system call.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

namespace bordergate {

class Deadlines;

/// The one deadline of a connection. When it passes, expired() is called on the worker's thread, once per
/// set(). Owned by its connection; leaves the sweep when destroyed.
class Deadline {
  public:
    explicit Deadline(Deadlines& deadlines);
    virtual ~Deadline();
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

    /// Replaces whatever was set. Precision is one sweep (100 ms), never early.
    void set(std::chrono::milliseconds from_now);
    void clear() { at_ = never; }
    bool has_expired() const { return expired_; }

  protected:
    /// Closes or cancels what the connection waits for. May destroy this deadline.
    virtual void on_expired() = 0;

  private:
    friend class Deadlines;
    using Clock = std::chrono::steady_clock;
    static constexpr Clock::time_point never = Clock::time_point::max();
    Deadlines& owner_;
    Deadline* previous_ = nullptr;
    Deadline* next_ = nullptr;
    Clock::time_point at_ = never;
    bool expired_ = false;
};

/// Sweeps the deadlines of one worker. Single-threaded.
class Deadlines {
  public:
    explicit Deadlines(const boost::asio::any_io_executor& executor);
    /// Ends the sweep; deadlines may still exist and are then never called.
    void stop();
    static constexpr std::chrono::milliseconds sweep_interval{100};

  private:
    friend class Deadline;
    void enlist(Deadline& deadline);
    void delist(Deadline& deadline);
    void arm();
    void sweep();
    boost::asio::steady_timer timer_;
    Deadline* first_ = nullptr;
    Deadline* cursor_ = nullptr;  // next to visit, kept valid when a visit destroys deadlines
    bool armed_ = false;
    bool stopped_ = false;
};

}  // namespace bordergate
