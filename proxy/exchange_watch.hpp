// Watches an exchange from outside while it waits: for its time as a whole, for a client that went away, and for rules
// that no longer allow it.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "filters/fault.hpp"
#include "proxy/http/link.hpp"
#include "proxy/net/deadlines.hpp"

namespace bordergate {

class ExchangeWatch final : private Deadline {
  public:
    /// `client` is borrowed. `total`: the longest that the exchange may take. `still_lawful` is asked at every look and
    /// names why the exchange must end now.
    ExchangeWatch(Deadlines& deadlines, ClientLink& client, std::chrono::milliseconds total, std::function<Status()> still_lawful);
    /// A tunnel lasts as long as its ends talk.
    void lift_total() { end_ = std::chrono::steady_clock::time_point::max(); }

    /// Replaces `total`, still counted from the beginning.
    void allow(std::chrono::milliseconds total) { end_ = began_ + total; }
    /// One that waits for the exchange's sake, for as long as it lives: its waits end when the watch ends the exchange.
    class Party {
      public:
        /// `watch` outlives the party. `interrupt` ends what it waits for just now; it destroys no party.
        Party(ExchangeWatch& watch, std::function<void()> interrupt);
        ~Party();
        Party(const Party&) = delete;
        Party& operator=(const Party&) = delete;

      private:
        friend class ExchangeWatch;
        ExchangeWatch& watch_;
        std::function<void()> interrupt_;
        Party* next_;
    };
    /// Why the exchange had to end; nothing while it may go on. Waits that it ended failed for this reason.
    const std::optional<Fault>& ended() const { return ended_; }

  private:
    void on_expired() override;
    void look_again();

    ClientLink& client_;
    std::function<Status()> still_lawful_;
    Party* parties_ = nullptr;  ///< the upstream, or both of them where a second attempt was made
    std::chrono::steady_clock::time_point began_, end_;
    std::optional<Fault> ended_;
};

}  // namespace bordergate
