// One HTTP/1.1 connection, seen from either end: heads and bodies in by the decoder, heads and bodies out
// with framing of their own. Client and upstream connections are both wires.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "proxy/http/body.hpp"
#include "proxy/http/h1_decoder.hpp"
#include "proxy/net/buffers.hpp"
#include "proxy/net/deadlines.hpp"
#include "proxy/net/stream.hpp"

namespace bordergate {

/// How failures on a wire are named, depending on who is at its other end.
struct WireFaults {
    Code timeout, gone, invalid, head_too_large;
};

/// Not thread-safe; one reader and one writer task may use it at the same time. Holds a read buffer only
/// while there is something to read.
class H1Wire : public Body, private Deadline {
  public:
    H1Wire(StreamPtr stream, Buffers& buffers, Deadlines& deadlines, H1Decoder decoder,
           WireFaults faults);

    /// Longest wait for the peer in each of the steps that follow.
    void allow(std::chrono::milliseconds time) {
        allowed_ = time;
        until_.reset();
    }
    /// Longest time for all of the steps that follow: a peer gains none by sending a byte now and then.
    void allow_within(std::chrono::milliseconds time) {
        allowed_ = time;
        until_ = std::chrono::steady_clock::now() + time;
    }

    /// A wait for the peer within what is allowed.
    class Waiting;
    /// Waits for the first byte of a message, holding no read buffer; no error if it may be here.
    Waiting first_byte();
    /// Reads the first bytes of a message without waiting, unless some are here.
    Step skim();
    /// Reads until a whole head is here; the view is valid until the next read.
    /// `soon`: the first bytes may be here already, so it is worth asking before waiting.
    Task<Result<std::string_view>> read_head(std::size_t limit, bool soon = true);
    void consume(std::size_t bytes) { begin_ += bytes; }
    /// Takes what was read and not consumed.
    std::string take();

    Task<Result<Chunk>> next() override;
    std::optional<Result<Chunk>> ready() override;
    const Fields& trailers() const override { return decoder_.trailers(); }

    /// Writes `head` (a rendered head) and the first body bytes in one call.
    Task<Status> send_head(std::string_view head, BodyLength length, std::string_view first, bool last);
    Task<Status> send_body(std::string_view bytes, bool last);
    /// Ends a chunked body with trailer fields; a body that is framed otherwise just ends.
    Task<Status> send_trailers(const Fields& trailers);
    /// Writes bytes as they are (an interim response).
    Task<Status> send_raw(std::string_view bytes);
    bool sent_all() const { return sent_all_; }
    bool sent_any() const { return sent_any_; }

    H1Decoder& decoder() { return decoder_; }
    const H1Decoder& decoder() const { return decoder_; }
    Stream& stream() { return *stream_; }
    const Stream& stream() const { return *stream_; }
    bool has_leftover() const { return begin_ < end_; }
    /// The inbound message was read to its end.
    bool received_all() const { return body_done_; }
    void start_message();
    /// From here on bytes go both ways as they are: a tunnel, or another protocol.
    void start_tunnel() { tunnel_ = true; }
    /// Begins the search for a head anew (after an interim response).
    void start_scan() { scanned_ = 0; }
    /// Gives the read buffer back if it holds nothing.
    void release_buffer();
    Fault failed(const ErrorCode& error) const;

    static void append_field(std::string& out, std::string_view name, std::string_view value);
    static void append_framing(std::string& out, BodyLength length);

  protected:
    /// Called before the first wait for body bytes (a server sends 100 Continue).
    virtual Task<Status> before_body() { co_return Status{}; }
    Waiting wait(Want want);

  private:
    void on_expired() override;
    void begin_wait();
    void end_wait();
    Status make_room();
    Step read_now();
    Task<Status> fill();
    /// Writes what can be written without waiting, as a step that wants nothing when that is all.
    Step write_now(std::span<iovec>& parts);
    Task<Status> write_all(std::span<iovec> parts);
    Result<Chunk> decode();
    bool is_chunked() const { return out_length_.kind == BodyLength::Kind::streamed && !raw_streaming_ && !tunnel_; }
    std::size_t add_body(std::array<iovec, 5>& parts, std::size_t used, std::string_view bytes, bool last);

    StreamPtr stream_;
    Buffers& buffers_;
    H1Decoder decoder_;
    WireFaults faults_;
    std::chrono::milliseconds allowed_{10'000};
    std::optional<std::chrono::steady_clock::time_point> until_;
    Buffer buffer_;
    std::size_t begin_ = 0, end_ = 0;
    std::size_t scanned_ = 0;
    int waiting_ = 0;
    bool body_done_ = false, sent_all_ = false, sent_any_ = false, tunnel_ = false;
    bool peer_finished_ = false;
    BodyLength out_length_;
    std::uint64_t out_left_ = 0;
    std::array<char, 24> chunk_line_{};

  protected:
    bool raw_streaming_ = false;  ///< the outbound body ends with the connection (HTTP/1.0 client)
};

class [[nodiscard]] H1Wire::Waiting : public Stream::Waiting {
  public:
    Waiting(H1Wire& wire, Want want) : Stream::Waiting(*wire.stream_, want), wire_(want == Want::nothing ? nullptr : &wire) {
        if (wire_) wire_->begin_wait();
    }
    bool await_ready() const { return !wire_ || Stream::Waiting::await_ready(); }
    ErrorCode await_resume() const {
        if (!wire_) return {};
        wire_->end_wait();
        return Stream::Waiting::await_resume();
    }

  private:
    H1Wire* wire_;  ///< null: there is nothing to wait for
};

inline H1Wire::Waiting H1Wire::wait(Want want) { return {*this, want}; }

}  // namespace bordergate
