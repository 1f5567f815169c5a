#include "proxy/upstream/harbour.hpp"

#include <algorithm>

#include "proxy/log.hpp"

namespace bordergate {

Visit& Visit::operator=(Visit&& other) noexcept {
    if (this == &other) return *this;
    end();
    harbour_ = std::move(other.harbour_);
    pass_ = other.pass_;
    address_ = std::move(other.address_);
    told_ = other.told_;
    other.harbour_ = nullptr;
    return *this;
}

void Visit::at(const boost::asio::ip::address& address) {
    if (!harbour_) return;
    address_ = address;
    harbour_->arrived(address);
}

void Visit::succeeded() {
    if (!harbour_ || told_) return;
    told_ = true;
    harbour_->judged(address_, pass_, true);
}

void Visit::failed() {
    if (!harbour_ || told_) return;
    told_ = true;
    harbour_->judged(address_, pass_, false);
}

void Visit::outrun() {
    if (!harbour_ || told_ || pass_ != Breaker::Pass::trial) return;
    told_ = true;
    harbour_->fail_breaker(pass_);
}

void Visit::end() {
    if (harbour_) harbour_->left(address_, pass_, told_);
    harbour_ = nullptr;
}

namespace {

/// A worker's equal part of a bound of the process.
std::size_t share(std::size_t whole, unsigned workers) { return std::max<std::size_t>(1, whole / std::max(1U, workers)); }

}  // namespace

Harbour::Harbour(boost::asio::any_io_executor executor, std::string name, UpstreamSettings settings, unsigned workers, Meter meter,
                 std::uint32_t seed)
    : name_(std::move(name)),
      settings_(std::move(settings)),
      meter_(meter),
      requests_(executor, share(settings_.pool.requests, workers), settings_.pool.pending ? share(settings_.pool.pending, workers) : 0, settings_.pool.wait),
      connections_(executor, share(settings_.pool.connections, workers), settings_.pool.pending ? share(settings_.pool.pending, workers) : 0, settings_.pool.wait),
      health_(settings_),
      budget_(settings_.retry, 1.0 / std::max(1U, workers)),
      chance_(seed) {
    if (settings_.breaker) breaker_.emplace(*settings_.breaker);
}

Task<Status> Harbour::wait_for_place() {
    const Status taken = co_await requests_.take();
    if (taken.has_value()) co_return taken;
    meter_.count(&UpstreamMetrics::refused);
    co_return fault(Code::overloaded, "destination " + name_ + " has all the requests it may have: " + taken.error().detail);
}

Result<Visit> Harbour::admit(bool again) {
    const auto now = Clock::now();
    if (!again) budget_.requested(now);
    Breaker::Pass pass = Breaker::Pass::ordinary;
    if (breaker_) pass = breaker_->enter(now);
    if (pass == Breaker::Pass::none) {
        requests_.give_up();
        Fault closed = fault(Code::upstream_unreachable, "destination " + name_ + " fails too often and is left alone for a time");
        closed.retry_after = std::max(std::chrono::seconds(1), std::chrono::ceil<std::chrono::seconds>(breaker_->closed_for(now)));
        return closed;
    }
    meter_.count(&UpstreamMetrics::requests);
    meter_.move(&UpstreamMetrics::active, 1);
    return Visit(shared_from_this(), pass);
}

std::size_t& Harbour::in_flight(const Address& address) {
    for (auto& load : loads_)
        if (load.address == address) return load.in_flight;
    return loads_.emplace_back(Load{address, 0}).in_flight;
}

void Harbour::know(std::span<const Address> addresses) {
    if (std::equal(addresses.begin(), addresses.end(), known_.begin(), known_.end())) return;
    known_.assign(addresses.begin(), addresses.end());
    health_.known(addresses, Clock::now());
    std::erase_if(loads_, [](const Load& load) { return load.in_flight == 0; });
}

Harbour::Address Harbour::choose(std::span<const Address> addresses, std::span<const Address> tried) {
    const auto now = Clock::now();
    know(addresses);
    if (addresses.size() == 1) return addresses.front();
    Addresses untried;
    for (const auto& one : addresses)
        if (std::find(tried.begin(), tried.end(), one) == tried.end()) untried.push_back(one);
    if (untried.empty()) untried = known_;
    // One that is well and was tried is no better than one that is out and was not.
    const Addresses usable = health_.usable(untried, now);
    std::vector<Choice> choices;
    choices.reserve(usable.size());
    for (const auto& one : usable) choices.push_back({in_flight(one), health_.weight(one, now)});
    return usable[bordergate::choose(choices, settings_.balance, chance_)];
}

bool Harbour::may_retry(unsigned attempt) {
    if (attempt > settings_.retry.attempts) return false;
    if (!budget_.take(Clock::now())) {
        meter_.count(&UpstreamMetrics::unbudgeted);
        return false;
    }
    meter_.count(&UpstreamMetrics::retries);
    return true;
}

bool Harbour::may_hedge() {
    const bool granted = budget_.take(Clock::now());
    if (!granted) meter_.count(&UpstreamMetrics::unbudgeted);
    return granted;
}

bool Harbour::has_other(const Address& one) const {
    const auto now = Clock::now();
    return std::any_of(known_.begin(), known_.end(), [&](const Address& other) { return other != one && health_.well(other, now); });
}

void Harbour::checked(std::span<const Address> all, const Address& one, bool good) {
    const auto now = Clock::now();
    know(all);
    const auto before = health_.checked_down();
    health_.checked(one, good, now);
    if (health_.checked_down() == before) return;
    log_warning(health_.checked_down() < before ? "upstream_healthy" : "upstream_unhealthy", name_ + " at " + one.to_string());
}

void Harbour::judged(const std::optional<Address>& address, Breaker::Pass pass, bool good) {
    const auto now = Clock::now();
    if (good) {
        if (address) health_.succeeded(*address, now);
        if (breaker_) breaker_->succeeded(pass);
        return;
    }
    meter_.count(&UpstreamMetrics::failures);
    if (address) {
        health_.failed(*address, now);
        if (health_.ejections() != ejections_said_) {
            ejections_said_ = health_.ejections();
            meter_.count(&UpstreamMetrics::ejections);
            log_warning("upstream_ejected", name_ + " at " + address->to_string());
        }
    }
    if (breaker_) fail_breaker(pass);
}

void Harbour::fail_breaker(Breaker::Pass pass) {
    const auto now = Clock::now();
    const bool was_open = breaker_->state(now) == Breaker::State::open;
    breaker_->failed(pass, now);
    if (was_open || breaker_->state(now) != Breaker::State::open) return;
    meter_.count(&UpstreamMetrics::openings);
    log_warning("upstream_broken", name_ + " fails too often and is left alone for a time");
}

void Harbour::left(const std::optional<Address>& address, Breaker::Pass pass, bool told) {
    if (!told && breaker_) breaker_->abandoned(pass);
    if (address) --in_flight(*address);
    meter_.move(&UpstreamMetrics::active, -1);
    requests_.give_up();
}

}  // namespace bordergate
