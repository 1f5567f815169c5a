// What names were last known to stand for. Without I/O; the clock is handed in. An answer is used for its time to live,
// clamped to [1 s, 1 h], and not a moment longer unless `dns.stale` allows it: an address may have changed hands.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/upstream_settings.hpp"
#include "proxy/upstream/resolver.hpp"

namespace bordergate {

class NameTable {
  public:
    using Time = std::chrono::steady_clock::time_point;
    using Addresses = std::vector<boost::asio::ip::address>;

    static constexpr std::chrono::seconds shortest{1}, longest{3600};
    /// How long "there is no such name" is believed, and how long a failure keeps anybody from asking again.
    static constexpr std::chrono::seconds negative{5}, failed{1};
    static constexpr std::size_t most_names = 4096;

    explicit NameTable(std::chrono::milliseconds stale) : stale_(stale) {}

    struct Found {
        const Addresses* addresses = nullptr;  ///< usable now; valid until the next learn()
        bool renew = false;                    ///< most of its time is over: ask again while it is still good
        std::optional<Fault> fault;            ///< known to be of no use for now: do not ask
    };
    /// Neither addresses nor fault: ask, learn(), find again.
    Found find(const std::string& host, Time now) const;
    /// Takes in what a resolver said. A failure leaves what is still good as it is.
    void learn(const std::string& host, const Result<Resolution>& answer, Time now);

  private:
    struct Entry {
        Addresses addresses;
        Time learnt{}, until{};
        Time failed_until{};
        std::optional<Fault> fault;
    };
    void make_room(Time now);
    std::chrono::milliseconds stale_;
    std::unordered_map<std::string, Entry> entries_;
};

}  // namespace bordergate
