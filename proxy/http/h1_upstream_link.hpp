// An HTTP/1.1 connection to an upstream: one exchange after another.
#pragma once

#include "config/settings.hpp"
#include "proxy/http/h1_wire.hpp"
#include "proxy/http/link.hpp"
#include "proxy/http/papers.hpp"

namespace bordergate {

class H1UpstreamLink final : public UpstreamLink, private H1Wire {
  public:
    /// `head_limit` bounds a response head, in bytes.
    H1UpstreamLink(StreamPtr stream, Buffers& buffers, Deadlines& deadlines, std::size_t head_limit);

    /// Begins another exchange on this connection.
    void start(bool reused);
    /// True if an idle connection is still there (no close, no unasked bytes).
    bool still_idle();
    /// Lets go of what an idle connection need not hold.
    void rest();

    Task<Status> send(const RequestHead& head, BodyLength length, std::string_view first, bool last) override;
    Task<Status> write(std::string_view bytes, bool last) override { return send_body(bytes, last); }
    Task<Status> end(const Fields& trailers) override { return send_trailers(trailers); }
    Task<Status> receive(bool to_head_request) override;
    ResponseHead& response() override { return papers_->head; }
    bool upgraded() const override { return upgraded_; }
    BodyLength response_length() const override { return decoder().length(); }
    Body& response_body() override { return *this; }
    void abort() override { stream().abort(); }
    void interrupt() override;
    void allow(std::chrono::milliseconds time) override { H1Wire::allow(time); }
    bool reused() const override { return reused_; }
    bool unprocessed() const override { return false; }
    bool answered() const override { return answered_; }
    /// The whole exchange is over and the connection may serve another.
    bool reusable() const;

  private:
    /// What an exchange needs and a connection that is kept for later does not.
    struct Exchange {
        ResponseHead head;
        std::string out;
        void clear();
    };
    Papers<Exchange> papers_;
    std::size_t head_limit_;
    std::string upgrade_;  ///< the protocol that the request asked to change to
    bool reused_ = false, answered_ = false, upgraded_ = false;
};

using H1UpstreamPtr = std::unique_ptr<H1UpstreamLink>;

}  // namespace bordergate
