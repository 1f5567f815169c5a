#include "proxy/upstream/name_table.hpp"

#include <algorithm>

namespace bordergate {

NameTable::Found NameTable::find(const std::string& host, Time now) const {
    Found found;
    const auto known = entries_.find(host);
    if (known == entries_.end()) return found;
    const Entry& entry = known->second;
    const bool resting = now < entry.failed_until;
    if (now < entry.until && !entry.addresses.empty()) {
        found.addresses = &entry.addresses;
        found.renew = !resting && now >= entry.learnt + (entry.until - entry.learnt) * 4 / 5;
        return found;
    }
    if (!resting) return found;
    if (!entry.addresses.empty() && now < entry.until + stale_)
        found.addresses = &entry.addresses;
    else
        found.fault = entry.fault;
    return found;
}

void NameTable::learn(const std::string& host, const Result<Resolution>& answer, Time now) {
    if (entries_.size() >= most_names && !entries_.contains(host)) make_room(now);
    Entry& entry = entries_[host];
    if (answer.has_error()) {
        entry.fault = answer.error();
        entry.failed_until = now + failed;
        return;
    }
    entry = Entry{};
    if (answer->addresses.empty()) {
        entry.fault = fault(Code::upstream_unreachable, "its name has no address");
        entry.failed_until = now + negative;
        return;
    }
    entry.addresses = answer->addresses;
    entry.learnt = now;
    entry.until = now + std::clamp(answer->ttl, shortest, longest);
}

/// Forgets what is over; if that is not enough, everything.
void NameTable::make_room(Time now) {
    std::erase_if(entries_, [&](const auto& one) { return one.second.until + stale_ < now && one.second.failed_until < now; });
    if (entries_.size() >= most_names) entries_.clear();
}

}  // namespace bordergate
