// A request on a stream of an HTTP/2 connection to an upstream. One that asks for WebSocket is an extended CONNECT (RFC 8441).
#pragma once

#include "proxy/http/h2_channel.hpp"
#include "proxy/http/link.hpp"

namespace bordergate {

class H2UpstreamLink final : public UpstreamLink, private H2Channel {
  public:
    /// `reused`: the connection served an exchange before. `head_limit` bounds a response's head, in bytes.
    H2UpstreamLink(H2ConnectionPtr connection, bool reused, std::size_t head_limit);

    Task<Status> send(const RequestHead& head, BodyLength length, std::string_view first, bool last) override;
    Task<Status> write(std::string_view bytes, bool last) override { return H2Channel::send(bytes, last); }
    Task<Status> end(const Fields& trailers) override { return send_trailers(trailers); }
    Task<Status> receive(bool to_head_request) override;
    ResponseHead& response() override { return head_; }
    bool upgraded() const override { return upgraded_; }
    BodyLength response_length() const override { return length_; }
    Body& response_body() override { return *this; }
    void abort() override { reset(H2Reset::cancel); }
    void interrupt() override { H2Channel::interrupt(); }
    void allow(std::chrono::milliseconds time) override { H2Channel::allow(time); }
    bool reused() const override { return reused_; }
    bool unprocessed() const override { return !attached() || stream().unprocessed; }
    bool answered() const override { return attached() && (stream().has_head || stream().interims > 0); }

  private:
    ResponseHead head_;
    BodyLength length_;
    std::size_t head_limit_;
    bool reused_, asks_upgrade_ = false, upgraded_ = false;
};

}  // namespace bordergate
