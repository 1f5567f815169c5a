#include "proxy/net/proxied_client.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "proxy/net/addresses.hpp"
#include "proxy/net/proxy_protocol.hpp"

namespace bordergate {

Task<Status> read_proxied_client(Stream& stream, const ProxiedClients& proxied) {
    const auto proxy = stream.peer_address().address();
    const bool believed = std::any_of(proxied.from.begin(), proxied.from.end(), [&proxy](const auto& network) { return contains(network, proxy); });
    if (!believed) co_return fault(Code::source_unknown, "the connection comes from none of the proxies that are believed");
    ProxyHeaderReader reader(proxied.v1, proxied.v2);
    while (!reader.done()) {
        // What follows the header is the client's: it is looked at, and only the header is taken.
        std::array<char, 1024> bytes;
        const int socket = stream.socket().native_handle();
        const auto seen = ::recv(socket, bytes.data(), bytes.size(), MSG_PEEK);
        if (seen < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
            const ErrorCode failed = co_await stream.wait(Want::readable);
            if (failed) co_return fault(Code::client_gone, "no PROXY protocol header came in time");
            continue;
        }
        if (seen <= 0) co_return fault(Code::client_gone, "the connection ended before its PROXY protocol header");
        const auto taken = reader.feed({bytes.data(), static_cast<std::size_t>(seen)});
        if (taken.has_error()) co_return taken.error();
        if (::recv(socket, bytes.data(), *taken, 0) != static_cast<ssize_t>(*taken))
            co_return fault(Code::client_gone, "the connection ended in its PROXY protocol header");
    }
    if (reader.client()) stream.speaks_for(*reader.client());
    co_return Status{};
}

}  // namespace bordergate
