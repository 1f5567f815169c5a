// A WebSocket session that nobody needs to look at: its bytes move both ways, unread, until one end finishes or both are
// silent for timeouts.idle. Only where its frames end is known, so that the client can be told why the session ends.
#pragma once

#include <memory>

#include "proxy/attempt.hpp"
#include "proxy/http/link.hpp"
#include "proxy/worker.hpp"

namespace bordergate {

/// Of the close frame that tells a client why we end its session: the code's name, the rule and the attempt.
std::string close_reason(const Fault& why, const Attempt& attempt);

class WebSocketRelay {
  public:
    /// All references outlive the relay.
    WebSocketRelay(Worker& worker, ClientLink& client, UpstreamLink& upstream, Attempt& attempt);
    ~WebSocketRelay();
    /// Fault: draining, silence, or a lost peer.
    Task<Status> run();
    /// After run: says to the client why we ended the session, as a close frame. False if it cannot be told: it is gone, or
    /// in the middle of a frame.
    Task<bool> part(const Fault& why);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace bordergate
