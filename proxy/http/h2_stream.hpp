// One stream of an HTTP/2 connection as its session keeps it: what came and was not read, what is to go and was not sent.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/http/h2_head.hpp"

namespace bordergate {

/// Who uses a stream. Told from inside the session's callbacks, so it may only take note and wake others.
class H2StreamOwner {
  public:
    /// A head, body bytes, the end, or the close came in.
    virtual void input_came() = 0;
    /// All that was given to send is on its way, or never will be.
    virtual void output_left() = 0;

  protected:
    ~H2StreamOwner() = default;
};

struct H2Stream {
    std::int32_t id = 0;
    H2StreamOwner* owner = nullptr;  ///< null: nobody any more

    // Inbound.
    H2Head head;
    Fields trailers;
    std::size_t trailer_bytes = 0;  ///< counted like a head's
    std::string in;          ///< body bytes that came; bounded by the window, which opens when they are consumed
    std::uint64_t arrived = 0;  ///< body bytes in all
    bool has_head = false;
    bool in_ended = false;   ///< the peer ended its message
    int interims = 0;        ///< 1xx responses so far

    // Outbound.
    std::string_view out;    ///< to be sent; borrowed until output_left()
    std::string kept;        ///< what `out` views when nobody waits for it to leave
    Fields out_trailers;
    bool out_last = false;   ///< nothing follows `out`
    bool out_dropped = false;  ///< given up in the middle: nothing more may go, and it may not end cleanly
    bool out_ended = false;  ///< END_STREAM was framed
    bool out_sent = false;   ///< and is on its way

    bool closed = false;
    std::uint32_t error = 0;     ///< RFC 9113, 7, once closed
    bool unprocessed = false;    ///< the peer said that it did nothing with the request
    std::optional<std::chrono::steady_clock::time_point> left_at;  ///< when its owner left it to end by itself
};

using H2StreamPtr = std::shared_ptr<H2Stream>;

}  // namespace bordergate
