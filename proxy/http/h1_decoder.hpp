// HTTP/1.1 decoding of one direction of one connection, without I/O: bytes in, heads and body pieces out.
// The framing gate reads every head first; Beast's parser then takes it apart and decodes chunking.
#pragma once

#include <memory>
#include <string_view>

#include "filters/fault.hpp"
#include "filters/message.hpp"
#include "proxy/http/body.hpp"
#include "proxy/http/framing_gate.hpp"

namespace bordergate {

/// A step of a body: `consumed` bytes of the input were used, `bytes` (a view into it) are body.
struct BodyStep {
    std::size_t consumed = 0;
    std::string_view bytes;
    bool done = false;
};

class H1Decoder {
  public:
    static std::unique_ptr<H1Decoder> for_requests();
    static std::unique_ptr<H1Decoder> for_responses();
    virtual ~H1Decoder() = default;

    /// Takes a whole request head apart; `head` is overwritten. `target` is as received.
    virtual Status request(std::string_view bytes, RequestHead& head, std::string& target) = 0;
    /// Takes a whole response head apart. `to_head_request`: it has no body whatever it says.
    virtual Status response(std::string_view bytes, ResponseHead& head, bool to_head_request) = 0;

    virtual BodyLength length() const = 0;
    virtual const Framing& framing() const = 0;
    /// True if the end of the stream ends this body (a response with neither length nor chunks).
    virtual bool until_close() const = 0;
    virtual bool done() const = 0;
    /// Decodes some of `bytes` (not empty). `consumed` 0 without `done` asks for more bytes.
    virtual Result<BodyStep> body(std::string_view bytes) = 0;
    virtual const Fields& trailers() const = 0;
};

}  // namespace bordergate
