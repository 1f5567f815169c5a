// From a name to addresses. The interface is all that the pool knows; the implementation asks name servers by c-ares on the
// worker's own io_context, so that no wait of one name holds up another. Single-threaded.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "config/upstream_settings.hpp"
#include "filters/fault.hpp"
#include "proxy/task.hpp"

namespace bordergate {

/// What a name stands for, and for how long that may be believed.
struct Resolution {
    std::vector<boost::asio::ip::address> addresses;  ///< empty: the name exists nowhere, or has no address
    std::chrono::seconds ttl{0};                      ///< as the records say; not yet clamped
};

class Resolver {
  public:
    virtual ~Resolver() = default;
    /// Fault upstream_unreachable if no server gave a usable answer. May take longer than anybody waits.
    virtual Task<Result<Resolution>> resolve(std::string host) = 0;
};

/// Asks the servers of `settings`, else those of the system; /etc/hosts and search domains as the system has them. Queries
/// that wait when it is destroyed end with a fault. If c-ares cannot be set up,
/// every query does.
std::unique_ptr<Resolver> make_resolver(const boost::asio::any_io_executor& executor, const DnsSettings& settings);

}  // namespace bordergate
