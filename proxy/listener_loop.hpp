// Accepting and serving: one loop per listener and worker, one coroutine per connection.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "proxy/worker.hpp"

namespace bordergate {

/// Accepts until `acceptor` is closed. Beyond `limits.connections` (a share per worker) connections are
/// closed at once. `tls` null: plain.
Task<void> accept_connections(Worker& worker, boost::asio::ip::tcp::acceptor& acceptor, const Listener& listener,
                              const TlsContext* tls, std::size_t most_connections);

/// Serves one client connection to its end.
Task<void> serve_connection(Worker& worker, StreamPtr stream, const Listener& listener);

}  // namespace bordergate
