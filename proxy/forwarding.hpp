// Forwarding: what the hop before us says of the client, what the hop after us is told, and never to ourselves.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <vector>

#include "config/settings.hpp"
#include "filters/fault.hpp"
#include "filters/message.hpp"
#include "proxy/http/link.hpp"

namespace bordergate {

/// If `peer` is one of the listener's trusted hops, its address becomes that of the client behind it: the right-most one
/// that is no trusted hop, as `X-Forwarded-For` or `Forwarded` (RFC 7239) names it. Without such fields the hop itself is
/// the client. Fault framing_invalid if the fields name no address there, or two different ones: a client may have sent
/// the field that the hop does not replace. From any other peer nothing is believed.
Status believe_hops(const Listener& listener, const Fields& fields, Peer& peer);

/// Adds the fields that `destination` asks for (but for loop_marks.hpp's), with what is true here: the client's address, how it connected, and the
/// authority it asked for. `head` still says the latter; what hops said before has been removed from it.
void add_forwarding(const Destination& destination, const Peer& peer, RequestHead& head);

/// The addresses that this Bordergate itself listens on.
class OwnAddresses {
  public:
    /// `local`: the machine's addresses, which a listener on every address answers at; loopback need not be among them.
    OwnAddresses(std::vector<boost::asio::ip::tcp::endpoint> listening, std::vector<boost::asio::ip::address> local);
    /// True if what is dialled there comes back to us.
    bool has(const boost::asio::ip::tcp::endpoint& dialled) const;

  private:
    bool is_local(const boost::asio::ip::address& address) const;
    std::vector<boost::asio::ip::tcp::endpoint> listening_;
    std::vector<boost::asio::ip::address> local_;
};

/// The addresses of this machine's interfaces.
std::vector<boost::asio::ip::address> local_addresses();

/// Fault forwarding_loop if `dialled` is one of ours. Comparing tells nobody anything, as a field in the request would.
Status refuse_loop(const OwnAddresses& own, const boost::asio::ip::tcp::endpoint& dialled);

}  // namespace bordergate
