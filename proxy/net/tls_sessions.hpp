// Sessions that a destination gave us, kept to be resumed. Each client context has its own few, so none is ever
// offered to another destination, nor under other authorities, pins or certificates than it was made with.
#pragma once

#include "proxy/net/wall_clock.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace bordergate {

/// Makes a client's context keep the sessions it is given: the latest few, each until an hour after the full handshake
/// that it goes back to, through however many resumptions. Thread-safe.
void keep_sessions(ssl_ctx_st* context, WallClock clock = wall_time);

/// Lets a new connection of such a context offer the latest one. A TLS 1.3 ticket is offered once (RFC 8446, C.4); one
/// whose certificate has expired since is not offered.
void offer_session(ssl_st* connection);

}  // namespace bordergate
