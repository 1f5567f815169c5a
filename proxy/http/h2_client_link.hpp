// A client's request on a stream of its HTTP/2 connection.
#pragma once

#include "proxy/http/h2_channel.hpp"
#include "proxy/http/link.hpp"

namespace bordergate {

class H2ClientLink final : public ClientLink, private H2Channel {
  public:
    /// `stream`: a request whose head came.
    H2ClientLink(H2ConnectionPtr connection, H2StreamPtr stream);

    /// Takes the head apart. After a fault respond() can still answer it. Faults framing_invalid, head_too_large.
    Status open(const Limits& limits, const Timeouts& timeouts);

    Peer peer() const override { return connection().peer(); }
    RequestHead& request() override { return head_; }
    BodyLength request_length() const override { return length_; }
    Body& request_body() override { return *this; }
    Task<Status> respond(const ResponseHead& head, BodyLength length, std::string_view first, bool last) override;
    Task<Status> write(std::string_view bytes, bool last) override { return send(bytes, last); }
    Task<Status> end(const Fields& trailers) override { return send_trailers(trailers); }
    bool tells_by_trailers() const override { return true; }
    bool responded() const override { return responded_; }
    void abort() override { reset(H2Reset::internal_error); }
    bool gone() const override { return stream().closed; }
    void stop_reading() override { stop_waiting(); }
    Task<Status> open_tunnel(const ResponseHead& head) override;
    void allow(std::chrono::milliseconds time) override { H2Channel::allow(time); }

  private:
    void before_body() override;
    RequestHead head_;
    BodyLength length_;
    bool responded_ = false, continue_due_ = false;
};

}  // namespace bordergate
