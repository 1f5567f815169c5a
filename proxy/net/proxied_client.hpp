// A connection that another proxy accepted: its PROXY protocol header is read before anything else.
#pragma once

#include "config/settings.hpp"
#include "filters/fault.hpp"
#include "proxy/net/stream.hpp"

namespace bordergate {

/// Reads the header, not one byte more, and sets whom the stream speaks for. Faults source_unknown if the peer is not
/// in `proxied.from`, framing_invalid for what is no header, client_gone at an early end; the connection is then to
/// be closed without an answer. The caller bounds the time by closing the stream. Both arguments outlive the call.
Task<Status> read_proxied_client(Stream& stream, const ProxiedClients& proxied);

}  // namespace bordergate
