// HTTP/1.1 decoding of one direction of one connection, without I/O: bytes in, heads and body pieces out.
// The framing gate reads every head; lengths are counted here, chunks are the chunk decoder's.
#pragma once

#include <memory>
#include <string_view>

#include "filters/fault.hpp"
#include "filters/message.hpp"
#include "proxy/http/body.hpp"
#include "proxy/http/chunk_decoder.hpp"
#include "proxy/http/framing_gate.hpp"

namespace bordergate {

/// One message after another. Movable, not thread-safe.
class H1Decoder {
  public:
    static H1Decoder for_requests() { return H1Decoder(true); }
    static H1Decoder for_responses() { return H1Decoder(false); }

    /// Takes a whole request head apart; `head` is overwritten. `target` is as received.
    Status request(std::string_view bytes, RequestHead& head, std::string& target);
    /// Takes a whole response head apart. `to_head_request`: it has no body whatever it says.
    Status response(std::string_view bytes, ResponseHead& head, bool to_head_request);

    BodyLength length() const;
    const Framing& framing() const { return framing_; }
    /// True if the end of the stream ends this body (a response with neither length nor chunks).
    bool until_close() const { return !requests_ && !bodiless_ && !framing_.chunked && !framing_.content_length; }
    /// The message whose head was read has come to its end.
    bool done() const;
    /// Decodes some of `bytes` (not empty). `consumed` 0 without `done` asks for more bytes.
    Result<BodyStep> body(std::string_view bytes);
    /// Complete once a chunked body is done.
    const Fields& trailers() const;
    /// Gives back what only the message that is done needed; its trailers go.
    void rest() { chunks_.reset(); }

  private:
    explicit H1Decoder(bool requests) : requests_(requests) {}
    /// Makes ready for the body of the message that the gate let in.
    void begin(const Framing& framing, bool bodiless);
    void forget();

    Framing framing_;
    std::uint64_t left_ = 0;  ///< bytes that a body of known length still lacks
    std::unique_ptr<ChunkDecoder> chunks_;
    bool requests_;
    bool begun_ = false;  ///< a head was read
    bool bodiless_ = false;
};

}  // namespace bordergate
