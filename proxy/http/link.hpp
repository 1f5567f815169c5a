// Links: one exchange as its two peers see it, whatever protocol carries it. An HTTP/1.1 connection offers
// one at a time, an HTTP/2 stream is one. The exchange knows nothing below this.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <string_view>

#include "filters/message.hpp"
#include "proxy/http/body.hpp"
#include "proxy/net/stream.hpp"

namespace bordergate {

/// Who speaks to us on a client link.
struct Peer {
    boost::asio::ip::tcp::endpoint address;
    bool secure = false;
    const PeerIdentity* identity = nullptr;  ///< never null; empty without a client certificate
};

/// A client's connection as its worker sees it, for as long as it is open.
class ClientConnection {
  public:
    virtual ~ClientConnection() = default;
    /// Takes no further exchange; those under way go on. A connection without any ends soon.
    virtual void drain() = 0;
};

/// The client's side of one exchange.
class ClientLink {
  public:
    virtual ~ClientLink() = default;
    virtual Peer peer() const = 0;
    /// The request's head, canonical; the exchange rewrites it in place.
    virtual RequestHead& request() = 0;
    virtual BodyLength request_length() const = 0;
    virtual Body& request_body() = 0;

    /// Sends the head and what is already there of the body in one write. `last`: this is all of it.
    virtual Task<Status> respond(const ResponseHead& head, BodyLength length, std::string_view first, bool last) = 0;
    virtual Task<Status> write(std::string_view bytes, bool last) = 0;
    /// Ends a streamed body with trailer fields; they are left out where the protocol or the client cannot carry them.
    virtual Task<Status> end(const Fields& trailers) = 0;
    /// True if trailers that tell of a failure are seen by any client; where they are not, `end` would look clean.
    virtual bool tells_by_trailers() const { return false; }
    virtual bool responded() const = 0;
    /// Ends the response so that the client sees an error, never a clean end.
    virtual void abort() = 0;
    /// True if the client has closed its side: nobody waits for an answer. (Half-closed clients are taken for gone, as
    /// nginx takes them.) Asks the kernel; does not wait.
    virtual bool gone() const = 0;
    /// Ends a wait for request bytes: nobody needs them any more.
    virtual void stop_reading() = 0;
    /// Says that the tunnel, or the protocol that request().upgrade names, is open; the status is the link's own choice.
    /// From then on request_body() and write() carry its bytes as they are, and `last` is the end of one direction.
    virtual Task<Status> open_tunnel(const ResponseHead& head) = 0;
    /// How long the client may take for its next byte, or for taking ours.
    virtual void allow(std::chrono::milliseconds time) = 0;
};

/// The upstream's side of one exchange.
class UpstreamLink {
  public:
    virtual ~UpstreamLink() = default;
    virtual Task<Status> send(const RequestHead& head, BodyLength length, std::string_view first, bool last) = 0;
    virtual Task<Status> write(std::string_view bytes, bool last) = 0;
    /// Ends a streamed body with trailer fields; they are left out where the protocol cannot carry them.
    virtual Task<Status> end(const Fields& trailers) = 0;
    /// Waits for the final response head; 1xx are consumed (and bounded).
    virtual Task<Status> receive(bool to_head_request) = 0;
    virtual ResponseHead& response() = 0;
    /// True if the answer changed the protocol as the request's `upgrade` asked: response_body() and write() then carry
    /// the bytes of the new protocol as they are.
    virtual bool upgraded() const = 0;
    virtual BodyLength response_length() const = 0;
    virtual Body& response_body() = 0;
    virtual void abort() = 0;
    /// Ends whatever is waited for just now, as a lost connection.
    virtual void interrupt() = 0;
    virtual void allow(std::chrono::milliseconds time) = 0;
    /// True if it served an exchange before, so that a close may just be a keep-alive race.
    virtual bool reused() const = 0;
    /// True if the upstream said that it did nothing with the request: it may be sent again, whatever its method.
    virtual bool unprocessed() const = 0;
    /// True if some byte of this exchange's response has been seen.
    virtual bool answered() const = 0;
};

}  // namespace bordergate
