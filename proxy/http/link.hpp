// Links: one exchange as its two peers see it, whatever protocol carries it. An HTTP/1.1 connection offers
// one at a time, an HTTP/2 stream will be one. The exchange knows nothing below this.
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
    virtual bool responded() const = 0;
    /// Ends the response so that the client sees an error, never a clean end.
    virtual void abort() = 0;
    /// True if the client has closed its side: nobody waits for an answer. (Half-closed clients are taken for gone, as
    /// nginx takes them.) Asks the kernel; does not wait.
    virtual bool gone() const = 0;
    /// Ends a wait for request bytes: nobody needs them any more.
    virtual void stop_reading() = 0;
    /// For a tunnel: says that it is open, then gives up the stream and what was read beyond the head.
    virtual Task<Status> open_tunnel(std::string_view response) = 0;
    virtual Stream& raw_stream() = 0;
    virtual std::string take_leftover() = 0;
    /// How long the client may take for its next byte, or for taking ours.
    virtual void allow(std::chrono::milliseconds time) = 0;
};

/// The upstream's side of one exchange.
class UpstreamLink {
  public:
    virtual ~UpstreamLink() = default;
    virtual Task<Status> send(const RequestHead& head, BodyLength length, std::string_view first, bool last) = 0;
    virtual Task<Status> write(std::string_view bytes, bool last) = 0;
    /// Waits for the final response head; 1xx are consumed (and bounded).
    virtual Task<Status> receive(bool to_head_request) = 0;
    virtual ResponseHead& response() = 0;
    virtual BodyLength response_length() const = 0;
    virtual Body& response_body() = 0;
    virtual void abort() = 0;
    /// Ends whatever is waited for just now, as a lost connection.
    virtual void interrupt() = 0;
    virtual void allow(std::chrono::milliseconds time) = 0;
    /// True if it served an exchange before, so that a close may just be a keep-alive race.
    virtual bool reused() const = 0;
    /// True if some byte of this exchange's response has been seen.
    virtual bool answered() const = 0;
    /// The whole exchange is over and the connection may serve another.
    virtual bool reusable() const = 0;
};

}  // namespace bordergate
