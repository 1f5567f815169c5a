// The circuit breaker of one destination: gives it up while it fails, and lets few requests find out whether it is back.
// A state machine without I/O; the clock is handed in. One per worker: each judges by what it saw.
#pragma once

#include <chrono>

#include "config/upstream_settings.hpp"

namespace bordergate {

class Breaker {
  public:
    using Time = std::chrono::steady_clock::time_point;
    enum class State : std::uint8_t { closed, open, half_open };
    /// What a request that was let in must say at its end.
    enum class Pass : std::uint8_t { none, ordinary, trial };

    explicit Breaker(const BreakerSettings& settings) : settings_(settings) {}

    /// Lets a request in, or not (`none`): while open, and while half open beyond the trials allowed at once. Whatever
    /// it is given must be ended by exactly one call of succeeded(), failed() or abandoned().
    Pass enter(Time now);
    /// Whether enter() would let a request in.
    bool lets_in(Time now) const;
    void succeeded(Pass pass);
    void failed(Pass pass, Time now);
    /// It ended without telling anything of the destination (the client went away, the border refused).
    void abandoned(Pass pass);

    State state(Time now) const;
    /// How long until a request may be let in; zero if one may.
    std::chrono::milliseconds closed_for(Time now) const;

  private:
    void open(Time now);
    BreakerSettings settings_;
    State state_ = State::closed;
    unsigned failures_ = 0;  ///< in a row, while closed
    unsigned trials_ = 0;    ///< in flight, while half open
    unsigned good_ = 0;      ///< trials that went well
    unsigned openings_ = 0;  ///< in a row, without a return to closed
    Time until_{};
};

}  // namespace bordergate
