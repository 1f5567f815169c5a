// Watches an exchange from outside while it waits: for its time as a whole, and for a client that went away.
#pragma once

#include <chrono>
#include <optional>

#include "filters/fault.hpp"
#include "proxy/http/link.hpp"
#include "proxy/net/deadlines.hpp"

namespace bordergate {

class ExchangeWatch final : private Deadline {
  public:
    /// `client` is borrowed. `total`: the longest that the exchange may take.
    ExchangeWatch(Deadlines& deadlines, ClientLink& client, std::chrono::milliseconds total);

    /// Whose waits end when the watch ends the exchange; null: nobody's. Borrowed until the next call.
    void on_upstream(UpstreamLink* upstream) { upstream_ = upstream; }
    /// Why the exchange had to end; nothing while it may go on. Waits that it ended failed for this reason.
    const std::optional<Fault>& ended() const { return ended_; }

  private:
    void on_expired() override;
    void look_again();

    ClientLink& client_;
    UpstreamLink* upstream_ = nullptr;
    std::chrono::steady_clock::time_point end_;
    std::optional<Fault> ended_;
};

}  // namespace bordergate
