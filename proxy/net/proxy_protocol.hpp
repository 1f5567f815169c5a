// The PROXY protocol, versions 1 and 2 (HAProxy's proxy-protocol.txt): a header before the first byte of a connection
// by which a proxy tells whose connection it is. No I/O here.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "config/settings.hpp"
#include "filters/fault.hpp"

namespace bordergate {

/// Reads one header, in whatever pieces it comes. Strict: what is not exactly a header faults at the first byte that
/// shows it, and nobody is taken for somebody else.
class ProxyHeaderReader {
  public:
    using Endpoint = boost::asio::ip::tcp::endpoint;
    /// Bound of a whole version 2 header; version 1 has its own, 107 bytes.
    static constexpr std::size_t longest = 4096;

    ProxyHeaderReader(bool v1, bool v2) : v1_(v1), v2_(v2) {}

    /// Takes bytes up to the header's end at most and tells how many. Faults framing_invalid.
    Result<std::size_t> feed(std::string_view bytes);
    bool done() const { return done_; }
    /// Once done: the client's address; nothing where the proxy speaks for itself (LOCAL) or does not know it.
    const std::optional<Endpoint>& client() const { return client_; }

  private:
    Result<std::size_t> wanted() const;
    Status finish_v1();
    Status finish_v2();
    bool v1_, v2_;
    bool done_ = false;
    std::string header_;
    std::optional<Endpoint> client_;
};

/// The header that says: `client`'s connection, to `server`. Addresses of both kinds are told as IPv6. Without a client
/// it is our own connection: LOCAL, or UNKNOWN in version 1 (sections 2.1 and 2.2).
std::string proxy_header(ProxyProtocol version, const std::optional<ProxyHeaderReader::Endpoint>& client,
                         const ProxyHeaderReader::Endpoint& server);

}  // namespace bordergate
