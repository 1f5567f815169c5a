// How a destination's addresses are used, watched and given up, as the operator said it. Values only; what acts on
// them is proxy/upstream/.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bordergate {

/// Bounds of what is open to one destination. They hold for the process; each worker has an equal share, at least one.
struct PoolSettings {
    std::size_t connections = 1024;  ///< open, in use or idle
    std::size_t requests = 10'000;   ///< in flight
    std::size_t pending = 1024;      ///< requests that wait for one of the two; more are refused at once
    std::chrono::milliseconds wait{1'000};   ///< the longest that one waits
    std::size_t idle = 256;                  ///< connections kept for later
    std::chrono::milliseconds idle_time{55'000};  ///< how long an unused one is kept
};

/// Statuses from `first` to `last`.
struct StatusRange {
    std::uint16_t first = 200, last = 299;
};

/// Requests without payload that ask an address whether it is well.
struct ActiveChecks {
    std::string path;
    std::chrono::milliseconds interval{5'000};
    std::chrono::milliseconds timeout{2'000};
    unsigned healthy = 2;    ///< good answers in a row that bring an address back
    unsigned unhealthy = 3;  ///< bad ones in a row that take it out
    std::vector<StatusRange> status{{}};
};

/// What exchanges themselves show of an address. A failure is a connection that fails or ends before the answer, a
/// time-out of it, or an answer 502, 503 or 504.
struct PassiveHealth {
    unsigned failures = 5;  ///< in a row that eject an address; 0: off
    std::chrono::milliseconds ejection{10'000};          ///< the first; each further one lasts that much longer
    std::chrono::milliseconds longest_ejection{300'000};
    unsigned most_ejected = 50;  ///< percent of a destination's addresses; more are never ejected
    unsigned success_rate = 0;   ///< percent below which an address is ejected; 0: off
    std::chrono::milliseconds window{10'000};  ///< over which the rate is taken
    unsigned least_requests = 50;              ///< in the window; fewer say nothing
};

/// Gives a destination up as a whole while it fails.
struct BreakerSettings {
    unsigned failures = 10;  ///< in a row that open it
    std::chrono::milliseconds open{5'000};     ///< how long it stays open; doubled by each trial that fails
    std::chrono::milliseconds longest{60'000};
    unsigned trials = 1;     ///< requests let through at once when that time is over; as many good ones close it
};

struct RetrySettings {
    unsigned attempts = 1;         ///< beyond the first, at the same destination
    unsigned budget_percent = 20;  ///< of the requests of the last ten seconds
    unsigned budget_least = 3;     ///< retries a second that are always allowed
    std::chrono::milliseconds back_off{25};           ///< before the first retry, doubled each time; jittered
    std::chrono::milliseconds longest_back_off{250};
    bool connect = true;       ///< after a connection that could not be made
    bool reset = true;         ///< after one that ended before the answer began
    bool timeout = false;      ///< after an answer that did not begin in time
    bool unavailable = false;  ///< after an answer 502, 503 or 504
};

/// A second attempt while the first is not answered; the answer that comes first is taken.
struct HedgeSettings {
    std::chrono::milliseconds after{0};  ///< without the head of an answer, from the request's last byte
};

enum class Balance : std::uint8_t { least_request, in_order };

/// What differs from the top-level timeouts for one destination.
struct UpstreamTimeouts {
    std::optional<std::chrono::milliseconds> connect, first_byte, body, total;
};

struct UpstreamSettings {
    PoolSettings pool;
    std::optional<ActiveChecks> checks;
    PassiveHealth passive;
    std::optional<BreakerSettings> breaker;
    RetrySettings retry;
    std::optional<HedgeSettings> hedge;  ///< nothing: never
    Balance balance = Balance::least_request;
    std::chrono::milliseconds slow_start{0};  ///< an address that came back takes its full share after this
    UpstreamTimeouts timeouts;
};

/// How names become addresses.
struct DnsSettings {
    std::vector<std::string> servers;    ///< numeric address and port; none: those of the system
    std::chrono::milliseconds stale{0};  ///< how long an answer may be used beyond its time if no new one can be had
};

}  // namespace bordergate
