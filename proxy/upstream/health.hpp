// Which of one destination's addresses are well. Two opinions: what exchanges showed (passive, this worker's own) and what
// active checks showed (one process asks once and tells every worker). State machines without I/O; the clock is handed in.
//
// Availability comes before caution: exchanges never eject more than the share that the configuration allows, and if checks
// and ejections together leave nothing, every address is used again ("panic").
#pragma once

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <span>
#include <vector>

#include "config/upstream_settings.hpp"

namespace bordergate {

/// What one address has shown.
class AddressHealth {
  public:
    using Time = std::chrono::steady_clock::time_point;
    explicit AddressHealth(Time now) : window_began_(now) {}

    bool ejected(Time now) const { return now < ejected_until_; }
    bool checked_down() const { return down_; }
    bool well(Time now) const { return !down_ && !ejected(now); }
    /// What share of chances it takes: less than 1 for `slow_start` after it came back.
    double weight(Time now, std::chrono::milliseconds slow_start) const;

  private:
    friend class Health;
    bool outlier(const PassiveHealth& settings) const;
    void eject(const PassiveHealth& settings, Time now);
    unsigned failures_ = 0;         ///< of exchanges, in a row
    unsigned ejections_ = 0;        ///< each makes the next longer; forgotten one by one while it is well
    unsigned good_ = 0, bad_ = 0;   ///< in the window
    unsigned checks_good_ = 0, checks_bad_ = 0;  ///< in a row
    bool down_ = false;
    Time ejected_until_{};
    Time returned_{};  ///< when it last came back; the epoch: it was never away
    Time window_began_;
};

/// All addresses of one destination.
class Health {
  public:
    using Time = AddressHealth::Time;
    using Address = boost::asio::ip::address;
    /// `settings` is borrowed for life.
    explicit Health(const UpstreamSettings& settings) : settings_(settings) {}

    /// The addresses the name has now: those not seen before begin as well, those gone are forgotten.
    void known(std::span<const Address> addresses, Time now);
    /// The outcome of an exchange, or of the attempt to connect. Unknown addresses are passed over.
    void succeeded(const Address& address, Time now);
    void failed(const Address& address, Time now);
    /// The outcome of an active check.
    void checked(const Address& address, bool good, Time now);

    /// Those of `addresses` that are well, in their order; all of them if none is.
    std::vector<Address> usable(std::span<const Address> addresses, Time now) const;
    bool well(const Address& address, Time now) const;
    double weight(const Address& address, Time now) const;
    std::size_t ejected(Time now) const;
    std::size_t checked_down() const;
    /// How often an address was ejected, ever.
    std::uint64_t ejections() const { return ejections_; }

  private:
    struct Entry {
        Address address;
        AddressHealth health;
    };
    AddressHealth* find(const Address& address);
    const AddressHealth* find(const Address& address) const;
    void judge(AddressHealth& health, Time now);
    const UpstreamSettings& settings_;
    std::vector<Entry> entries_;
    std::uint64_t ejections_ = 0;
};

}  // namespace bordergate
