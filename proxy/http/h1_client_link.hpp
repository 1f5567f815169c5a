// A client's HTTP/1.1 connection: reads requests one after another and offers each as a ClientLink.
#pragma once

#include "config/settings.hpp"
#include "proxy/http/h1_wire.hpp"
#include "proxy/http/link.hpp"
#include "proxy/http/papers.hpp"

namespace bordergate {

class H1ClientLink final : public ClientLink, public ClientConnection, private H1Wire {
  public:
    H1ClientLink(StreamPtr stream, Buffers& buffers, Deadlines& deadlines);

    /// Waits for the next request, at most for `time`, holding nothing that only a request needs; what comes of it is
    /// for next_request().
    Waiting wait_for_request(std::chrono::milliseconds time);
    /// Reads the request that `waited` was for and takes its head apart: true when one is here, false when the client is
    /// done. After a fault respond() can still answer it. The head may have `head_bytes` and take `head_time`, the body
    /// `body_time` between two reads.
    Task<Result<bool>> next_request(ErrorCode waited, std::size_t head_bytes, std::chrono::milliseconds head_time,
                                    std::chrono::milliseconds body_time);
    /// From next_request() to the next wait_for_request().
    RequestHead& request() override { return papers_->head; }
    bool absolute_target() const { return absolute_; }
    /// After the exchange: true if nothing is left of it, so that settle() need not be asked.
    bool settled() const { return received_all() && may_serve_another(); }
    /// After the exchange: reads what is left of the request if that is little, and tells whether the
    /// connection may serve another.
    Task<bool> settle();
    /// Ends the connection so that the last response is not lost: half-close, then read to the end, bounded.
    Task<void> linger();
    /// Makes this the last exchange (draining).
    void close_after() { close_after_ = true; }
    /// Closes the connection if it waits for a request.
    void drain() override;
    Task<Status> open_tunnel(const ResponseHead& head) override;
    Peer peer() const override;
    BodyLength request_length() const override { return decoder().length(); }
    Body& request_body() override { return *this; }
    Task<Status> respond(const ResponseHead& head, BodyLength length, std::string_view first, bool last) override;
    Task<Status> write(std::string_view bytes, bool last) override { return send_body(bytes, last); }
    Task<Status> end(const Fields& trailers) override;
    bool responded() const override { return responded_; }
    void abort() override;
    bool gone() const override;
    void stop_reading() override;
    void allow(std::chrono::milliseconds time) override { H1Wire::allow(time); }

  private:
    Task<Status> before_body() override;
    void append_head(unsigned status, std::string_view reason, const Fields& fields);
    void find_upgrade();
    bool may_serve_another() const;
    /// What a request needs and a client that is silent does not.
    struct Request {
        RequestHead head;
        std::string target;
        std::string out;
        void clear();
    };
    Papers<Request> papers_;
    boost::asio::ip::tcp::endpoint address_;
    bool absolute_ = false, waits_ = false, responded_ = false, aborted_ = false, close_after_ = false, faulted_ = false;
    bool continue_due_ = false, to_head_ = false, old_client_ = false;
};

}  // namespace bordergate
