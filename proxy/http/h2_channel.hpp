// One stream of an HTTP/2 connection, seen from either end: a body in and a body out, each step with a deadline. The
// counterpart of H1Wire; client and upstream links are both channels.
#pragma once

#include "proxy/http/body.hpp"
#include "proxy/http/h1_wire.hpp"
#include "proxy/http/h2_connection.hpp"
#include "proxy/net/event.hpp"

namespace bordergate {

/// One reader and one writer may use it at the same time. Leaves its stream when destroyed: a message that is not
/// complete then is reset, never ended cleanly.
class H2Channel : public Body, private H2StreamOwner, private Deadline {
  public:
    /// `faults` names failures by who is at the other end.
    H2Channel(H2ConnectionPtr connection, WireFaults faults);
    ~H2Channel() override;

    /// Longest wait for the peer in each of the steps that follow.
    void allow(std::chrono::milliseconds time) { allowed_ = time; }
    /// Ends every wait, now and later, as a lost connection.
    void interrupt();
    /// Ends the waits of just now. Nothing is read from here on; what is written later may still go.
    void stop_waiting();
    void reset(H2Reset why);

    Task<Result<Chunk>> next() override;
    std::optional<Result<Chunk>> ready() override;
    const Fields& trailers() const override { return stream_->trailers; }

  protected:
    void attach(H2StreamPtr stream);
    /// Waits until the peer has said how it speaks; for a channel that has no stream yet.
    Task<Status> await_greeting();
    /// Waits for the peer's head; true once it is here.
    Task<Status> await_head();
    /// Gives the stream `bytes` to send after what it has; what is short and last is kept, all else is waited for.
    Task<Status> send(std::string_view bytes, bool last);
    Task<Status> send_trailers(const Fields& trailers);
    void keep(std::string_view bytes, bool last);
    /// Called before the first wait for body bytes (a server says 100 Continue).
    virtual void before_body() {}

    H2Connection& connection() { return *connection_; }
    const H2Connection& connection() const { return *connection_; }
    const H2ConnectionPtr& shared_connection() const { return connection_; }
    H2Stream& stream() { return *stream_; }
    const H2Stream& stream() const { return *stream_; }
    bool attached() const { return stream_ != nullptr; }
    Fault failed() const;

  private:
    void input_came() override { input_.signal(); }
    void output_left() override { output_.signal(); }
    void on_expired() override;
    Task<void> wait(Event& event);
    void give_back();
    void drop_output();

    H2ConnectionPtr connection_;
    H2StreamPtr stream_;
    WireFaults faults_;
    std::chrono::milliseconds allowed_{10'000};
    Event input_, output_;
    std::string lent_;  ///< body bytes that the reader has just now
    int waiting_ = 0;
    bool interrupted_ = false, stopped_ = false, cut_ = false;
};

}  // namespace bordergate
