// The keys of session tickets (RFC 5077; RFC 8446, 4.6.1). A ticket is a session that the client keeps for us, so
// resuming costs this process no memory. The keys are random, live in this process only, and are never written or
// shared with another: a ticket of one jurisdiction's node means nothing to any other.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>

#include "proxy/net/wall_clock.hpp"

struct ssl_ctx_st;

namespace bordergate {

/// One key of tickets: its name, which a ticket shows, and two secrets. Erased when destroyed.
struct TicketKey {
    std::array<std::uint8_t, 16> name{};
    std::array<std::uint8_t, 32> cipher{}, mac{};
    TicketKey() = default;
    TicketKey(const TicketKey&) = default;
    TicketKey& operator=(const TicketKey&) = default;
    ~TicketKey();
};

/// The current key and the one before. Thread-safe.
class TicketKeys {
  public:
    using Clock = std::chrono::steady_clock;
    /// A key makes tickets for this long; what was made with it opens for one ticket's lifetime more.
    static constexpr std::chrono::hours rotation{12};
    static constexpr std::chrono::hours ticket_lifetime{2};

    /// A key that opens a ticket; `renew`: the ticket was made with the key before.
    struct Found {
        TicketKey key;
        bool renew = false;
    };

    /// The key for new tickets, made or rotated as is due; nothing if there is no randomness.
    std::optional<TicketKey> current(Clock::time_point now);
    std::optional<Found> find(std::span<const std::uint8_t, 16> name, Clock::time_point now);

    /// The one set that all listeners and workers of this process share, across reloads.
    static TicketKeys& of_process();

  private:
    bool rotate(Clock::time_point now);
    std::mutex mutex_;
    std::optional<TicketKey> current_, previous_;
    Clock::time_point since_;
};

/// Makes a listener's context give and take tickets of the process's keys. A session whose client certificate has
/// expired since is not resumed, nor one whose last full handshake is a ticket's lifetime ago: the library gives every
/// ticket of a resumed connection a lifetime of its own, and verifies clients in full handshakes only.
void use_tickets(ssl_ctx_st* context, WallClock clock = wall_time);

}  // namespace bordergate
