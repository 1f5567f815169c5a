// An analyser for flow tests that answers as Presidio's does (`POST /analyze`): it knows a few names and places, and can be
// told to fail in each of the ways in which such a service fails.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "tests/support/peers.hpp"

namespace bordergate::testing {

enum class AnalyserMood {
    right,
    silent,       ///< never answers
    slow,         ///< right, a twelfth of a second later
    failing,      ///< status 500
    cut_off,      ///< closes in the middle of its answer
    no_json,
    too_few,      ///< an answer for fewer texts than were sent
    outside,      ///< a span beyond the end of the text
    unknown,      ///< an entity that nobody asked for
    closing,      ///< right, and closes each connection a moment after its answer
};

class AnalyserPeer {
  public:
    AnalyserPeer();
    ~AnalyserPeer() { upstream_.die(); }
    std::uint16_t port() const { return upstream_.port(); }
    void be(AnalyserMood mood) { mood_ = mood; }
    int connections() const { return upstream_.accepted(); }
    /// Bodies of the requests so far, heads before them.
    std::vector<std::string> asked() const;

  private:
    void serve(Connection& connection);
    std::string answer(const std::string& body) const;
    std::atomic<AnalyserMood> mood_{AnalyserMood::right};
    mutable std::mutex mutex_;
    std::vector<std::string> asked_;
    Upstream upstream_;  // last: its threads end before what they use
};

}  // namespace bordergate::testing
