#include "proxy/upstream/health.hpp"

#include <algorithm>

namespace bordergate {

double AddressHealth::weight(Time now, std::chrono::milliseconds slow_start) const {
    constexpr double least = 0.1;
    // An ejection ends by itself: from then on the address is back.
    const Time since = std::max(returned_, ejected_until_);
    if (slow_start.count() == 0 || since == Time{} || now >= since + slow_start) return 1;
    if (now <= since) return least;
    const double part = std::chrono::duration<double>(now - since) / std::chrono::duration<double>(slow_start);
    return std::clamp(part, least, 1.0);
}

bool AddressHealth::outlier(const PassiveHealth& settings) const {
    if (settings.failures > 0 && failures_ >= settings.failures) return true;
    const unsigned all = good_ + bad_;
    return settings.success_rate > 0 && all >= settings.least_requests && good_ * 100ULL < static_cast<std::uint64_t>(settings.success_rate) * all;
}

void AddressHealth::eject(const PassiveHealth& settings, Time now) {
    ++ejections_;
    ejected_until_ = now + std::min(settings.ejection * ejections_, std::max(settings.ejection, settings.longest_ejection));
    failures_ = good_ = bad_ = 0;
    window_began_ = now;
}

AddressHealth* Health::find(const Address& address) {
    for (auto& entry : entries_)
        if (entry.address == address) return &entry.health;
    return nullptr;
}

const AddressHealth* Health::find(const Address& address) const { return const_cast<Health*>(this)->find(address); }

void Health::known(std::span<const Address> addresses, Time now) {
    std::erase_if(entries_, [&](const Entry& entry) { return std::find(addresses.begin(), addresses.end(), entry.address) == addresses.end(); });
    for (const auto& address : addresses)
        if (!find(address)) entries_.push_back({address, AddressHealth(now)});
}

void Health::succeeded(const Address& address, Time now) {
    AddressHealth* health = find(address);
    if (!health) return;
    health->failures_ = 0;
    ++health->good_;
    judge(*health, now);
}

void Health::failed(const Address& address, Time now) {
    AddressHealth* health = find(address);
    if (!health) return;
    ++health->failures_;
    ++health->bad_;
    judge(*health, now);
}

void Health::judge(AddressHealth& health, Time now) {
    const auto& settings = settings_.passive;
    if (health.ejected(now)) return;
    if (health.outlier(settings)) {
        if ((ejected(now) + 1) * 100 > static_cast<std::size_t>(settings.most_ejected) * entries_.size()) return;
        ++ejections_;
        health.eject(settings, now);
        return;
    }
    if (now < health.window_began_ + settings.window) return;
    // A window without cause to eject it lets one of its ejections be forgotten.
    if (health.bad_ == 0 && health.ejections_ > 0) --health.ejections_;
    health.good_ = health.bad_ = 0;
    health.window_began_ = now;
}

void Health::checked(const Address& address, bool good, Time now) {
    AddressHealth* health = find(address);
    if (!health || !settings_.checks) return;
    (good ? health->checks_bad_ : health->checks_good_) = 0;
    const unsigned in_row = ++(good ? health->checks_good_ : health->checks_bad_);
    if (!good && in_row >= settings_.checks->unhealthy) health->down_ = true;
    if (!good || !health->down_ || in_row < settings_.checks->healthy) return;
    health->down_ = false;
    health->returned_ = now;
}

bool Health::well(const Address& address, Time now) const {
    const AddressHealth* health = find(address);
    return !health || health->well(now);
}

double Health::weight(const Address& address, Time now) const {
    const AddressHealth* health = find(address);
    return health ? health->weight(now, settings_.slow_start) : 1;
}

std::vector<Health::Address> Health::usable(std::span<const Address> addresses, Time now) const {
    std::vector<Address> good;
    for (const auto& address : addresses)
        if (well(address, now)) good.push_back(address);
    if (good.empty()) good.assign(addresses.begin(), addresses.end());
    return good;
}

std::size_t Health::ejected(Time now) const {
    return static_cast<std::size_t>(std::count_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.health.ejected(now); }));
}

std::size_t Health::checked_down() const {
    return static_cast<std::size_t>(std::count_if(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.health.checked_down(); }));
}

}  // namespace bordergate
