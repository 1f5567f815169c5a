// Accepting and serving: one loop per listener and worker, one coroutine per connection.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "proxy/worker.hpp"

namespace bordergate {

/// Accepts for the listener called `name` until `acceptor` is closed. Beyond `limits.connections` (a share per worker)
/// connections are closed at once. What the listener is, is asked of the edition in use, each time.
Task<void> accept_connections(Worker& worker, std::shared_ptr<boost::asio::ip::tcp::acceptor> acceptor, std::string name);

/// Serves one client connection, accepted by the listener called `name`, to its end. `admission`: the worker's when it was
/// accepted; a client that proved itself to authorities that are not believed any more is not served.
Task<void> serve_connection(Worker& worker, StreamPtr stream, std::string name, std::uint64_t admission);

}  // namespace bordergate
