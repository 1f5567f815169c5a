// Connections of one worker to its destinations. A lease is taken in two steps: first the address (resolved
// and judged, so that the intent can name it), then, once the intent is durable, the connection.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/settings.hpp"
#include "proxy/http/h1_upstream_link.hpp"
#include "proxy/http/h2_upstream_link.hpp"
#include "proxy/net/tls.hpp"

namespace bordergate {

/// Where to dial, however it was derived.
struct Dial {
    std::string host;
    std::uint16_t port = 0;
    const TlsContext* tls = nullptr;  ///< null: plain
    bool allow_private = false;
    const Destination* declared = nullptr;  ///< null: undeclared, never pooled
    Protocols protocols;
};

/// A connection, or the one address that it will be dialled at.
struct Lease {
    Dial dial;
    boost::asio::ip::tcp::endpoint address;
    std::unique_ptr<UpstreamLink> link;  ///< set after connect(), or at once where a connection has room
    H1UpstreamLink* h1 = nullptr;        ///< the same link, if it is a whole connection that can be kept
};

class UpstreamPool {
  public:
    UpstreamPool(boost::asio::any_io_executor executor, Buffers& buffers, Deadlines& deadlines, const Limits& limits,
                 const Timeouts& timeouts);
    /// Nothing is under way any more: what is left is closed.
    ~UpstreamPool();

    /// An idle connection if one is left (`fresh`: never), else a judged address. Every resolved address is
    /// judged and the first that may be dialled is pinned. Faults upstream_unreachable, address_refused.
    Task<Result<Lease>> lease(Dial dial, bool fresh);
    /// Dials the pinned address unless the lease holds a connection, checks that the peer is that address,
    /// and does the TLS handshake. Faults upstream_unreachable, upstream_timeout.
    Task<Status> connect(Lease& lease);
    /// The bare stream, for a tunnel.
    Task<Result<StreamPtr>> connect_stream(const Lease& lease);
    /// Keeps the connection for another exchange if it can serve one.
    void give_back(Lease lease);
    /// Closes idle connections, and the others as they become idle (draining).
    void close_idle();

  private:
    using Endpoint_ = boost::asio::ip::tcp::endpoint;
    using Clock = std::chrono::steady_clock;
    struct Idle {
        H1UpstreamPtr link;
        Endpoint_ address;
        Clock::time_point since;
    };
    struct Resolved {
        std::vector<Endpoint_> addresses;
        Clock::time_point until;
    };
    /// A connection over HTTP/2 and the address it was judged by.
    struct Shared {
        H2ConnectionPtr connection;
        Endpoint_ address;
    };
    Task<Result<std::vector<Endpoint_>>> resolve(const Dial& dial);
    bool lease_idle(Lease& lease);
    bool lease_stream(Lease& lease);
    void share(Lease& lease, StreamPtr stream);
    boost::asio::any_io_executor executor_;
    Buffers& buffers_;
    Deadlines& deadlines_;
    const Limits& limits_;
    const Timeouts& timeouts_;
    std::unordered_map<const Destination*, std::vector<Idle>> idle_;
    std::unordered_map<const Destination*, std::vector<Shared>> shared_;
    std::unordered_map<std::string, Resolved> names_;
};

}  // namespace bordergate
