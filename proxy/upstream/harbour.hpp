// The harbour: what one worker knows of one declared destination, and who may go there now. It holds the places, the
// breaker, the health of each address and the retry budget together, and chooses the address; it opens no connection.
// A request's stay is a Visit, which says at its end how it went. Single-threaded.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "proxy/upstream/balance.hpp"
#include "proxy/upstream/breaker.hpp"
#include "proxy/upstream/health.hpp"
#include "proxy/upstream/meter.hpp"
#include "proxy/upstream/retry_budget.hpp"
#include "proxy/upstream/slots.hpp"

namespace bordergate {

class Harbour;

/// One request's stay at a destination, from admission to its end. Movable; ends as "told nothing" unless said otherwise.
/// An empty one (undeclared destinations) does nothing.
class Visit {
  public:
    Visit() = default;
    Visit(std::shared_ptr<Harbour> harbour, Breaker::Pass pass) : harbour_(std::move(harbour)), pass_(pass) {}
    ~Visit() { end(); }
    Visit(Visit&& other) noexcept { *this = std::move(other); }
    Visit& operator=(Visit&& other) noexcept;

    explicit operator bool() const { return harbour_ != nullptr; }
    /// Binds it to the address it goes to; balancing counts it there.
    void at(const boost::asio::ip::address& address);
    /// How the destination did. Only the first word counts.
    void succeeded();
    void failed();
    /// Another destination was asked beside it and answered first. That is no failure; but if the request was to show that
    /// the destination is back after its breaker opened, it showed the contrary.
    void outrun();

  private:
    void end();
    std::shared_ptr<Harbour> harbour_;
    Breaker::Pass pass_ = Breaker::Pass::none;
    std::optional<boost::asio::ip::address> address_;
    bool told_ = false;
};

class Harbour : public std::enable_shared_from_this<Harbour> {
  public:
    using Address = boost::asio::ip::address;
    using Addresses = std::vector<Address>;
    using Clock = std::chrono::steady_clock;

    /// `name`: the destination's id, for the log. `workers`: the process's, who share
    /// its bounds. `seed`: of chance.
    Harbour(boost::asio::any_io_executor executor, std::string name, UpstreamSettings settings, unsigned workers, Meter meter,
            std::uint32_t seed);

    /// The place of one request, which admit() takes over. False: wait_for_place().
    bool try_place() { return requests_.try_take(); }
    /// Fault overloaded if none becomes free in time.
    Task<Status> wait_for_place();
    /// Lets the request in that has a place. `again`: it is a repetition, of which the budget is a share of those that are
    /// none. Fault upstream_unreachable with a time to come back while the breaker is open; the place is then given up.
    Result<Visit> admit(bool again);
    /// The address to use among `addresses`, not empty: well, not in `tried` if that leaves any, by the destination's balance.
    Address choose(std::span<const Address> addresses, std::span<const Address> tried);
    /// True if `attempt` (from 1) beyond the first may be made now; takes it from the budget.
    bool may_retry(unsigned attempt);
    /// True if a second attempt may be made beside one that is not answered; takes it from the budget of retries.
    bool may_hedge();
    /// True if it has an address besides `one` that is well.
    bool has_other(const Address& one) const;
    /// True while its breaker would turn a request away.
    bool is_left_alone() const { return breaker_ && !breaker_->lets_in(Clock::now()); }
    std::chrono::milliseconds back_off(unsigned attempt) { return budget_.back_off(attempt, chance_); }
    /// What an active check found at `one` of `all` its addresses.
    void checked(std::span<const Address> all, const Address& one, bool good);

    const UpstreamSettings& settings() const { return settings_; }
    Slots& connections() { return connections_; }
    const Meter& meter() const { return meter_; }

  private:
    friend class Visit;
    void arrived(const Address& address) { ++in_flight(address); }
    void left(const std::optional<Address>& address, Breaker::Pass pass, bool told);
    void judged(const std::optional<Address>& address, Breaker::Pass pass, bool good);
    void fail_breaker(Breaker::Pass pass);
    void know(std::span<const Address> addresses);
    std::size_t& in_flight(const Address& address);

    std::string name_;
    UpstreamSettings settings_;
    Meter meter_;
    Slots requests_, connections_;
    Health health_;
    std::optional<Breaker> breaker_;
    RetryBudget budget_;
    Chance chance_;
    Addresses known_;
    struct Load {
        Address address;
        std::size_t in_flight = 0;
    };
    std::vector<Load> loads_;
    std::uint64_t ejections_said_ = 0;
};

}  // namespace bordergate
