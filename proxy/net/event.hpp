// An event that one coroutine waits for and others signal, on one worker's thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "proxy/task.hpp"

namespace bordergate {

/// Wakes its waiter once per signal; a signal without a waiter is remembered, several are one. The waiter goes on from
/// the event loop, never inside signal(). Outlives its waiter, or goes with it when the loop ends.
class Event {
  public:
    explicit Event(const boost::asio::any_io_executor& executor);
    Task<void> wait();
    void signal();

  private:
    boost::asio::steady_timer timer_;  // never fires: it is the queue that the loop owns and clears
    bool signalled_ = false, awaited_ = false;
};

}  // namespace bordergate
