// Connections of one worker to its destinations. A lease is taken in two steps: first the address (resolved
// and judged, so that the intent can name it), then, once the intent is durable, the connection.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "config/settings.hpp"
#include "proxy/http/h1_upstream_link.hpp"
#include "proxy/http/h2_upstream_link.hpp"
#include "proxy/net/tls.hpp"
#include "proxy/upstream/harbour.hpp"
#include "proxy/upstream/names.hpp"

namespace bordergate {

/// Where to dial, however it was derived.
struct Dial {
    /// Host, port and what the destination's own settings say of connections to it; without TLS.
    static Dial to(const Destination& destination);

    std::string host;
    std::uint16_t port = 0;
    const TlsContext* tls = nullptr;  ///< null: plain
    bool allow_private = false;
    const Destination* declared = nullptr;  ///< null: undeclared, never pooled
    Protocols protocols;
    ProxyProtocol proxy_protocol = ProxyProtocol::off;  ///< on: tells `client`, whose alone the connection then is
    std::optional<boost::asio::ip::tcp::endpoint> client;  ///< nothing: the connection is this proxy's own
    std::chrono::milliseconds time{5'000};  ///< for resolving, for connecting, and for TLS
};

/// What is asked of the pool.
struct Asking {
    bool fresh = false;  ///< no connection that was used before
    bool again = false;  ///< a repetition of the same request
    std::span<const boost::asio::ip::address> tried;  ///< addresses to be avoided while there are others
    bool at_once = false;  ///< waits for nothing: neither for a place nor for a name
};

/// Ends a connect() from outside. Shared by who dials and who may have to stop it.
class Halt {
  public:
    /// Whatever is waited for ends, now or as soon as it begins.
    void say() {
        said_ = true;
        if (act_) act_();
    }
    bool said() const { return said_; }
    /// What ends the wait of just now; empty: there is none.
    void on_said(std::function<void()> act) { act_ = std::move(act); }

  private:
    std::function<void()> act_;
    bool said_ = false;
};

/// A place among the connections of a destination, given up when it is destroyed. An empty one holds none.
class ConnectionPlace {
  public:
    ConnectionPlace() = default;
    explicit ConnectionPlace(std::shared_ptr<Harbour> harbour) : harbour_(std::move(harbour)) {}
    ~ConnectionPlace() { leave(); }
    ConnectionPlace(ConnectionPlace&& other) noexcept : harbour_(std::move(other.harbour_)) {}
    ConnectionPlace& operator=(ConnectionPlace&& other) noexcept {
        leave();
        harbour_ = std::move(other.harbour_);
        return *this;
    }

  private:
    void leave() {
        if (harbour_) harbour_->connections().give_up();
        harbour_ = nullptr;
    }
    std::shared_ptr<Harbour> harbour_;
};

/// Counts one open connection for as long as it lives.
class OpenMark {
  public:
    OpenMark() = default;
    explicit OpenMark(Meter meter) : meter_(meter), counts_(true) { meter_.move(&UpstreamMetrics::connections, 1); }
    ~OpenMark() { end(); }
    OpenMark(OpenMark&& other) noexcept : meter_(other.meter_), counts_(std::exchange(other.counts_, false)) {}
    OpenMark& operator=(OpenMark&& other) noexcept {
        end();
        meter_ = other.meter_;
        counts_ = std::exchange(other.counts_, false);
        return *this;
    }

  private:
    void end() {
        if (std::exchange(counts_, false)) meter_.move(&UpstreamMetrics::connections, -1);
    }
    Meter meter_;
    bool counts_ = false;
};

/// A connection, or the one address that it will be dialled at, and the request's stay there.
struct Lease {
    Dial dial;
    boost::asio::ip::tcp::endpoint address;
    Visit visit;            ///< empty for an undeclared destination
    ConnectionPlace place;  ///< of a whole connection; one that many requests share has its own
    OpenMark mark;
    std::shared_ptr<Halt> halt;          ///< null: nothing but time ends connect()
    std::shared_ptr<void> use;           ///< of a shared connection
    std::unique_ptr<UpstreamLink> link;  ///< set after connect(), or at once where a connection has room
    H1UpstreamLink* h1 = nullptr;        ///< the same link, if it is a whole connection that can be kept
};

class UpstreamPool {
  public:
    /// What a worker lends to the pools of its editions, for life. `metrics` may be null; `crew`: how many workers share
    /// each bound.
    struct Means {
        boost::asio::any_io_executor executor;
        Buffers& buffers;
        Deadlines& deadlines;
        Metrics* metrics = nullptr;
        const UpstreamMetrics* families = nullptr;
        unsigned worker = 0, crew = 1;
    };
    /// `snapshot` is borrowed for life. Its analysers are reached as its destinations are.
    UpstreamPool(const Means& means, const Snapshot& snapshot);
    /// Nothing is under way any more: what is left is closed.
    ~UpstreamPool();

    /// A connection that has room, else a judged address. Every resolved address is judged; of those that may be
    /// dialled the destination's balance chooses one, which is pinned. Waits for a place if the destination has all that
    /// it may have. Faults overloaded, upstream_unreachable, upstream_timeout, address_refused.
    Task<Result<Lease>> lease(Dial dial, Asking asking);
    /// Begins to resolve the name of `destination` if its addresses are not known; waits for nothing.
    void look_ahead(const Destination& destination);
    /// Dials the pinned address unless the lease holds a connection, checks that the peer is that address,
    /// and does the TLS handshake. Faults upstream_unreachable, upstream_timeout; the first if it is halted.
    Task<Status> connect(Lease& lease);
    /// The bare stream, for a tunnel.
    Task<Result<StreamPtr>> connect_stream(const Lease& lease);
    /// Keeps the connection for another exchange if it can serve one.
    void give_back(Lease lease);
    /// Closes connections that were idle for longer than their destination allows.
    void close_overdue();
    /// Closes idle connections, and the others as they become idle (draining).
    void close_idle();
    /// What is known of a declared destination; null for an undeclared one.
    Harbour* harbour(const Destination& destination);
    Names& names() { return *names_; }

  private:
    using Endpoint_ = boost::asio::ip::tcp::endpoint;
    using Addresses = NameTable::Addresses;
    using Clock = std::chrono::steady_clock;
    struct Idle {
        H1UpstreamPtr link;
        OpenMark mark;
        Endpoint_ address;
        Clock::time_point since;
    };
    /// A connection over HTTP/2 and the address it was judged by.
    struct Shared {
        H2ConnectionPtr connection;
        Endpoint_ address;
        ConnectionPlace place;
        OpenMark mark;
        std::shared_ptr<void> use;  ///< each request on it has a part
    };
    struct Quay {  ///< one destination
        std::shared_ptr<Harbour> harbour;
        Addresses numeric;      ///< where the host is no name
        std::deque<Idle> idle;  ///< oldest first
        std::vector<Shared> shared;
    };
    void moor(const Destination& destination, const Meter& meter, std::uint32_t seed);
    Task<Result<Addresses>> resolve(const Dial& dial);
    Result<Endpoint_> pin(const Dial& dial, const Addresses& resolved, const Asking& asking, Quay* quay);
    Task<Status> wait_for_connection(Quay& quay);
    bool lease_idle(Quay& quay, Lease& lease);
    bool lease_stream(Quay& quay, Lease& lease);
    void make_room(Quay& quay);
    void share(Lease& lease, StreamPtr stream);
    Means means_;
    const Snapshot& snapshot_;
    std::shared_ptr<Names> names_;  ///< a query on its way keeps it
    std::unordered_map<const Destination*, std::shared_ptr<Quay>> quays_;
};

}  // namespace bordergate
