// The errand to external analysers: sends what Analyses asks, over the connections that the worker keeps to them, and
// hands the answers in. What is sent does not leave: an analyser stands with the node (config/standing.hpp), or the
// configuration is refused; so there is no intent to be written.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "filters/detect/analyses.hpp"
#include "proxy/edition.hpp"
#include "proxy/task.hpp"
#include "proxy/worker.hpp"

namespace bordergate {

class AnalyserErrand {
  public:
    using Clock = std::chrono::steady_clock;
    /// Both are borrowed for life. `end`: when all must be answered, each request having a deadline of its own besides.
    AnalyserErrand(Worker& worker, Edition& edition, Clock::time_point end) : worker_(worker), edition_(edition), end_(end) {}

    /// Sends all questions of `analyses`, one after the other, and concludes it. Fault analyser_failed for whatever keeps one
    /// from being answered: no connection, no place, another status than 200, an answer that is late, too long or not what
    /// was asked for. A request that met a connection closed while unused is sent once more, on a new one.
    Task<Status> run(Analyses& analyses);
    /// Ends what it waits for; run() then fails.
    void stop();

  private:
    class Hurry;
    Task<Result<std::string>> ask(const AnalyserQuestion& question);
    Task<Result<std::string>> post(const Analyser& analyser, const std::string& body, bool& raced);
    Task<Result<std::string>> converse(Lease& lease, const Analyser& analyser, const std::string& body);
    RequestHead head_for(const Analyser& analyser) const;
    std::size_t index_of(const Analyser& analyser) const;

    Worker& worker_;
    Edition& edition_;
    const Clock::time_point end_;
    std::shared_ptr<Halt> halt_ = std::make_shared<Halt>();  ///< of the request under way
    bool stopped_ = false;
};

}  // namespace bordergate
