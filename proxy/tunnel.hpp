// A tunnel (CONNECT): bytes nobody can inspect, both ways, to a destination judged as `opaque`.
#pragma once

#include "proxy/attempt.hpp"
#include "proxy/exchange_watch.hpp"
#include "proxy/http/link.hpp"
#include "proxy/worker.hpp"

namespace bordergate {

class Tunnel {
  public:
    /// Where it leads and for whom.
    struct Route {
        const Destination& destination;
        boost::asio::ip::tcp::endpoint client;
        std::chrono::milliseconds connect;  ///< for resolving, and for connecting
    };
    /// All arguments outlive the tunnel. Both of its directions were judged.
    Tunnel(Worker& worker, Edition& edition, ClientLink& client, Attempt& attempt, const ExchangeWatch& watch, const Route& route);
    /// Intent, dial, 200, then bytes until one side ends. Counts bytes into the attempt.
    Task<Status> run();
    /// True once something of it, if only the name of its destination, may have left.
    bool left() const { return left_; }

  private:
    struct Relay;
    Task<Status> relay(StreamPtr upstream);
    Worker& worker_;
    Edition& edition_;
    ClientLink& client_;
    Attempt& attempt_;
    const ExchangeWatch& watch_;
    const Route route_;
    bool left_ = false;
};

}  // namespace bordergate
