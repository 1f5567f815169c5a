// A byte stream over a socket, plain or TLS. Reading and writing are plain calls that do what can be done
// now; only waiting is a coroutine. So a step that need not wait costs no frame and no allocation.
#pragma once

#include <sys/uio.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/result.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "proxy/task.hpp"

namespace bordergate {

using Socket = boost::asio::ip::tcp::socket;
using ErrorCode = boost::system::error_code;

/// What a step needs before it can go on.
enum class Want : std::uint8_t { nothing, readable, writable };

/// The outcome of one step. `bytes` > 0: progress. Otherwise `want` says what to wait for, `end` that the
/// peer finished cleanly, or `error` why it failed.
struct Step {
    std::size_t bytes = 0;
    Want want = Want::nothing;
    bool end = false;
    ErrorCode error;
};

/// What the peer proved about itself in the TLS handshake.
struct PeerIdentity {
    std::string subject;    ///< RFC 4514; empty without a verified certificate
    std::string spiffe_id;  ///< the URI SAN, if it is one SPIFFE ID
};

class Stream {
  public:
    explicit Stream(Socket socket);
    virtual ~Stream() = default;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    /// Reads at most `into.size()` bytes without waiting.
    virtual Step try_read(std::span<char> into);
    /// Writes some of the parts, in order, without waiting. Never raises SIGPIPE.
    virtual Step try_write(std::span<const iovec> parts);
    /// Tells the peer that nothing more will be sent (TLS: close_notify). Best effort, does not wait.
    virtual void finish();
    /// Does what must precede the first byte (TLS: the handshake).
    virtual Task<ErrorCode> open();
    virtual bool secure() const { return false; }
    /// True if bytes were taken from the socket and not yet read here (a TLS record's rest).
    virtual bool has_buffered() const { return false; }
    virtual const PeerIdentity& identity() const;
    /// The protocol that both sides agreed on (ALPN, RFC 7301): `h2`, `http/1.1`, or empty.
    virtual std::string_view protocol() const { return {}; }

    /// Waits until the socket is ready, closed, or aborted: `const ErrorCode error = co_await stream.wait(want)`.
    class Waiting;
    Waiting wait(Want want);
    /// Looks at the first bytes that are here and leaves them (plain streams only); how many, 0 at the end.
    std::size_t peek(std::span<char> into) const;
    /// Reads at least one byte, or 0 at a clean end.
    Task<boost::system::result<std::size_t>> read(std::span<char> into);
    /// Writes all of the parts; they are consumed in place.
    Task<ErrorCode> write(std::span<iovec> parts);
    /// Closes at once with a reset, so that the peer cannot take what it has for a whole. Pending waits end.
    void abort();
    /// Closes after what was written; pending waits end.
    void close();
    bool is_open() const { return socket_.is_open(); }
    Socket& socket() { return socket_; }
    /// Who is at the other end: the socket's peer, or whom a proxy that is believed spoke for.
    boost::asio::ip::tcp::endpoint peer_address() const;
    void speaks_for(boost::asio::ip::tcp::endpoint client) { spoken_for_ = client; }

  protected:
    Socket socket_;

  private:
    std::optional<boost::asio::ip::tcp::endpoint> spoken_for_;
};

/// One wait, standing in the frame of who waits: it has no frame of its own, for most connections do nothing else.
class [[nodiscard]] Stream::Waiting {
  public:
    Waiting(Stream& stream, Want want) : stream_(stream), want_(want) {}
    bool await_ready() const { return !stream_.is_open(); }
    template <class P>
    void await_suspend(std::coroutine_handle<P> waiting) { begin(Resumption(waiting)); }
    ErrorCode await_resume() const;

  private:
    struct Handler;
    void begin(Resumption resumption);
    Stream& stream_;
    Want want_;
    ErrorCode error_;
};

inline Stream::Waiting Stream::wait(Want want) { return {*this, want}; }

using StreamPtr = std::unique_ptr<Stream>;

}  // namespace bordergate
