// A tunnel (CONNECT): bytes nobody can inspect, both ways, to a destination judged as `opaque`.
#pragma once

#include "proxy/attempt.hpp"
#include "proxy/http/link.hpp"
#include "proxy/worker.hpp"

namespace bordergate {

class Tunnel {
  public:
    /// All arguments outlive the tunnel. The ruling for `destination` was made.
    Tunnel(Worker& worker, Edition& edition, ClientLink& client, Attempt& attempt, const Destination& destination);
    /// Intent, dial, 200, then bytes until one side ends. Counts bytes into the attempt.
    Task<Status> run();

  private:
    struct Relay;
    Task<Status> relay(StreamPtr upstream);
    Worker& worker_;
    Edition& edition_;
    ClientLink& client_;
    Attempt& attempt_;
    const Destination& destination_;
};

}  // namespace bordergate
