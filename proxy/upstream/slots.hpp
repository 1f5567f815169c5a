// A bounded number of places, and a bounded queue before them. Who waits gets the place that is given up, in order; nobody
// waits without end. Single-threaded.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <list>
#include <memory>
#include <string>

#include "filters/fault.hpp"
#include "proxy/task.hpp"

namespace bordergate {

class Slots {
  public:
    /// `places`: how many there are. At most `pending` wait, each at most `wait`.
    Slots(boost::asio::any_io_executor executor, std::size_t places, std::size_t pending, std::chrono::milliseconds wait)
        : executor_(std::move(executor)), places_(places), pending_(pending), wait_(wait) {}

    /// Takes a place if one is free and nobody waits for it.
    bool try_take();
    /// Takes a place, waiting for one. Fault overloaded if too many wait, or too long.
    Task<Status> take();
    /// Gives a place up: to who waits longest, if anybody does.
    void give_up();
    std::size_t taken() const { return taken_; }
    std::size_t waiting() const { return queue_.size(); }
    std::size_t places() const { return places_; }

  private:
    struct Waiter {
        boost::asio::steady_timer timer;
        bool granted = false;
    };
    boost::asio::any_io_executor executor_;
    std::size_t places_, pending_;
    std::chrono::milliseconds wait_;
    std::size_t taken_ = 0;
    std::list<std::shared_ptr<Waiter>> queue_;
};

}  // namespace bordergate
