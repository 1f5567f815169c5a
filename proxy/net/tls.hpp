// TLS 1.2 and 1.3 on a socket, by libssl itself: no BIO pairs and no fixed buffers, so an idle connection
// costs what libssl needs and nothing else.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "filters/fault.hpp"
#include "proxy/net/stream.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace bordergate {

/// Shared settings of one side of TLS (certificates, trust, protocol bounds). Immutable once made;
/// thread-safe to make streams from.
class TlsContext {
  public:
    /// For a listener: `keys` are the private keys by certificate, in PEM. Faults with what OpenSSL says and the
    /// file it says it of.
    static Result<std::shared_ptr<const TlsContext>> server(const ServerTls& settings, Protocols protocols, std::vector<std::string> keys,
                                                            std::string_view listener);
    /// For a destination. The peer is always verified: against `server_name`, or the SPIFFE ID that `settings` give
    /// in its place, and the pins. `key_pem` is erased, whatever comes of it.
    static Result<std::shared_ptr<const TlsContext>> client(const UpstreamTls& settings, Protocols protocols, std::string server_name,
                                                            std::optional<std::string>&& key_pem);
    ~TlsContext();
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

    /// A stream over a connected (client) or accepted (server) socket; its open() does the handshake.
    StreamPtr stream(Socket socket) const;
    /// The same, offering only some of the protocols that the settings allow.
    StreamPtr stream(Socket socket, Protocols offered) const;

  private:
    TlsContext(ssl_ctx_st* context, bool is_server, std::string server_name);
    ssl_ctx_st* context_;
    bool is_server_;
    std::string server_name_;
    Protocols offered_;       ///< towards an upstream
    bool check_host_ = true;  ///< false: its SPIFFE ID is checked in its place
};

using TlsContextPtr = std::shared_ptr<const TlsContext>;

}  // namespace bordergate
