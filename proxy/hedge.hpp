// The race of a hedged exchange: one attempt is under way, and if it is not answered in time another one is made beside it.
// What the attempts are is not known here, and nothing is opened, sent or recorded: only who won, and that both have ended.
// Single-threaded, on one worker's loop.
#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "filters/fault.hpp"
#include "proxy/task.hpp"

namespace bordergate {

/// One attempt, as the race sees it. Owned by whoever races; outlives the race.
class Runner {
  public:
    virtual ~Runner() = default;
    /// Goes on until the head of an answer is here. Faults: whatever kept it from coming.
    virtual Task<Status> run() = 0;
    /// Asked once the head is here: true if it may be handed on, false if it is one of a server that failed.
    virtual bool serves() const = 0;
    /// Ends run() soon with some fault, whatever it waits for. It may have been called before.
    virtual void cut() = 0;
};

class Race {
  public:
    /// How one of the two ended.
    struct Leg {
        Runner* runner = nullptr;  ///< null: it was never begun
        Status status;
        bool done = false;
        bool good = false;  ///< its answer may be handed on
        bool cut = false;   ///< ended because the other one had won
    };
    using Second = std::function<Runner*()>;

    /// `first` is borrowed until run() has ended. `after`: how long it has the field for itself.
    Race(const boost::asio::any_io_executor& executor, Runner& first, std::chrono::milliseconds after);

    /// Goes on until one has a good answer or all have failed; then no run() is under way any more. `second` is called at
    /// most once, must not throw, and yields null if there is no second attempt. A second that fails changes nothing for
    /// the first; a first that fails, or has an answer that is not good, waits for the second.
    Task<void> run(Second second);

    const Leg& first() const;
    const Leg& second() const;
    /// True if the second has a good answer and the first has none; else the first's end is the end of both.
    bool second_won() const { return !first().good && second().good; }

  private:
    struct Course;
    static Task<void> keep(std::shared_ptr<Course> course, std::size_t which);
    void begin(std::size_t which, Runner& runner);
    bool settled() const;
    boost::asio::any_io_executor executor_;
    std::chrono::milliseconds after_;
    std::shared_ptr<Course> course_;  ///< what ends late finds it
};

}  // namespace bordergate
