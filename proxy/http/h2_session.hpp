// An HTTP/2 connection without I/O (RFC 9113, by nghttp2): bytes in, streams and bytes out. Both ends of a proxied
// exchange use it, as server towards clients and as client towards upstreams.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "filters/fault.hpp"
#include "filters/message.hpp"
#include "proxy/http/body.hpp"
#include "proxy/http/h2_flood.hpp"
#include "proxy/http/h2_stream.hpp"

struct nghttp2_session;

namespace bordergate {

/// Bounds of one connection. The windows bound what is buffered: they open only as bodies are consumed.
struct H2Bounds {
    std::uint32_t streams = 100;               ///< concurrent, that the peer may open
    std::size_t head_bytes = 32 * 1024;        ///< of one header block, as RFC 9113, 6.5.2 counts
    std::uint32_t stream_window = 64 * 1024;
    std::uint32_t connection_window = 1024 * 1024;  ///< of a client's connection; towards upstreams only streams have one
};

/// Why a stream is reset (RFC 9113, 7).
enum class H2Reset : std::uint32_t { no_error = 0, internal_error = 2, refused_stream = 7, cancel = 8 };

class H2Session {
  public:
    enum class Role : std::uint8_t { server, client };
    H2Session(Role role, const H2Bounds& bounds);
    ~H2Session();
    H2Session(const H2Session&) = delete;
    H2Session& operator=(const H2Session&) = delete;

    /// Takes bytes from the peer. Owners of streams are told what came. After a fault only produce() makes sense: it has
    /// the GOAWAY that tells the peer why.
    Status receive(std::string_view bytes);
    /// Appends frames to `out` until it holds about `most` bytes or there are no more.
    void produce(std::string& out, std::size_t most);
    bool wants_output() const;
    /// True once nothing more will come or go.
    bool over() const;

    /// Requests whose heads came since the last call (server).
    std::vector<H2StreamPtr> arrivals() { return std::exchange(arrivals_, {}); }
    /// Sends a response's head; `last`: there is no body. Otherwise what `stream.out` holds follows.
    void respond(H2Stream& stream, const ResponseHead& head, BodyLength length, bool last);
    /// Sends an interim response.
    void inform(H2Stream& stream, unsigned status);
    /// Opens a stream with a request (client). Fault upstream_gone if the connection takes no more.
    Result<H2StreamPtr> request(const RequestHead& head, BodyLength length, bool last);

    /// Goes on sending: `stream.out`, `out_last` or `out_trailers` changed.
    void resume(H2Stream& stream);
    /// `bytes` of what came were used: the windows open by as much.
    void consumed(const H2Stream& stream, std::size_t bytes);
    void reset(H2Stream& stream, H2Reset why);
    /// Its owner goes: what it gave to send is still sent, what comes is dropped. Say reset() first if it must not end well.
    void leave(H2Stream& stream);
    bool has_left_streams() const { return left_ > 0; }
    /// Resets streams that were left before `then` and did not end: their peer does not take what it asked for.
    void reset_left(std::chrono::steady_clock::time_point then);

    /// Tells the peer to open no more streams soon; those under way to us are still taken (RFC 9113, 6.8).
    void announce_drain();
    /// Takes no further stream; those that are open go on. The connection is over when they are.
    void drain();
    /// Ends the connection: the peer goes beyond what a peer needs.
    void calm_down();
    std::size_t open_streams() const { return streams_.size(); }
    Role role() const { return role_; }
    /// True once the peer has said how it speaks (its first SETTINGS).
    bool greeted() const { return greeted_; }
    /// True while a header block has begun and not ended.
    bool mid_head() const { return mid_head_; }
    /// Header blocks that have begun so far.
    std::uint64_t heads_begun() const { return heads_begun_; }
    /// True if another stream may be opened (client): within the peer's limit, and it has not said goodbye.
    bool has_room() const;
    /// True if the peer takes WebSocket on a stream (RFC 8441, SETTINGS_ENABLE_CONNECT_PROTOCOL).
    bool takes_extended_connect() const;
    /// Every stream ends as if the connection had been lost.
    void lose();

  private:
    friend struct H2Callbacks;
    H2Stream* find(std::int32_t id);
    void close(H2Stream& stream, std::uint32_t error);
    bool opens_passed_over(std::int32_t id);

    Role role_;
    H2Bounds bounds_;
    nghttp2_session* session_ = nullptr;
    std::unordered_map<std::int32_t, H2StreamPtr> streams_;
    std::vector<H2StreamPtr> arrivals_;
    std::string* sink_ = nullptr;  ///< where produce() puts frames
    std::size_t sink_most_ = 0;
    FloodGuard flood_;
    std::int32_t newest_ = 0;  ///< highest stream that the peer opened
    std::vector<std::pair<std::int32_t, std::int32_t>> passed_over_;  ///< ranges below it that it never opened; the latest
    std::uint64_t heads_begun_ = 0;
    std::size_t left_ = 0;  ///< open streams without an owner any more
    bool goodbye_ = false, failed_ = false, lost_ = false, mid_head_ = false, greeted_ = false;
};

}  // namespace bordergate
