#include "proxy/websocket_session.hpp"

#include <boost/asio/steady_timer.hpp>

#include "proxy/log.hpp"
#include "proxy/websocket_relay.hpp"

namespace bordergate {

namespace asio = boost::asio;

namespace {

/// How often a session looks at the time, and for draining.
constexpr std::chrono::milliseconds look_interval{250};
/// The session looks at the time itself: one end may listen for long while the other speaks.
constexpr std::chrono::hours link_patience{24};

WebSocketCodec::Settings codec_settings(WebSocketRole role, const Limits& limits, const std::optional<DeflateTerms>& deflate) {
    WebSocketCodec::Settings made;
    made.role = role;
    made.message_bytes = limits.message_bytes;
    made.deflate = deflate;
    return made;
}

}  // namespace

/// One of the two connections.
struct WebSocketSession::Leg {
    Leg(const asio::any_io_executor& executor, const WebSocketCodec::Settings& settings) : codec(settings), said(executor) {
        said.expires_at(asio::steady_timer::time_point::max());
    }
    virtual ~Leg() = default;
    virtual Body& body() = 0;
    virtual Task<Status> write(std::string_view bytes, bool last) = 0;
    virtual void interrupt() = 0;

    WebSocketCodec codec;
    std::string pending;            ///< frames to be written
    asio::steady_timer said;        ///< cancelled when a writer is done; never fires
    Clock::time_point heard = Clock::now();
    Clock::time_point writing_since{};
    bool writing = false;
    bool broken = false;            ///< a write failed: nothing more is said
    bool pinged = false;            ///< and not heard of since
    bool close_seen = false, close_sent = false;
};

struct WebSocketSession::ClientLeg final : Leg {
    ClientLeg(Worker& worker, ClientLink& to, const std::optional<DeflateTerms>& deflate)
        : Leg(worker.io.get_executor(), codec_settings(WebSocketRole::server, worker.snapshot().limits, deflate)), link(to) {}
    Body& body() override { return link.request_body(); }
    Task<Status> write(std::string_view bytes, bool last) override { return link.write(bytes, last); }
    void interrupt() override { link.stop_reading(); }
    ClientLink& link;
};

struct WebSocketSession::UpstreamLeg final : Leg {
    UpstreamLeg(Worker& worker, UpstreamLink& to, const std::optional<DeflateTerms>& deflate)
        : Leg(worker.io.get_executor(), codec_settings(WebSocketRole::client, worker.snapshot().limits, deflate)), link(to) {}
    Body& body() override { return link.response_body(); }
    Task<Status> write(std::string_view bytes, bool last) override { return link.write(bytes, last); }
    void interrupt() override { link.interrupt(); }
    UpstreamLink& link;
};

WebSocketSession::WebSocketSession(Worker& worker, ClientLink& client, UpstreamLink& upstream, WebSocketCrossing& crossing, Attempt& attempt, const Dialect* speaker,
                                   const Agreed& agreed)
    : worker_(worker),
      crossing_(crossing),
      attempt_(attempt),
      speaker_(speaker),
      client_(std::make_unique<ClientLeg>(worker, client, agreed.client)),
      upstream_(std::make_unique<UpstreamLeg>(worker, upstream, agreed.upstream)),
      tick_(worker.io),
      task_ended_(worker.io.get_executor()) {
    client.allow(link_patience);
    upstream.allow(link_patience);
}

WebSocketSession::~WebSocketSession() = default;

bool WebSocketSession::parted() const { return client_->close_seen && client_->close_sent && !client_->broken; }

/// Every task is waited for before the session goes.
void WebSocketSession::spawn(Task<void> task) {
    ++tasks_;
    auto ended = [this](std::exception_ptr failure) {
        log_exception("websocket", failure);
        if (failure) {
            end(fault(Code::internal, "a part of the session failed"), CloseCode::internal_error, CloseCode::going_away);
            client_->interrupt();
            upstream_->interrupt();
        }
        --tasks_;
        task_ended_.signal();
    };
    bordergate::spawn(worker_.io, std::move(task), std::move(ended));
}

Task<Status> WebSocketSession::run() {
    spawn(watch());
    spawn(pump(*client_, *upstream_));
    spawn(pump(*upstream_, *client_));
    // The last is the watch: it sees to it that the others end.
    while (tasks_ > 1) co_await task_ended_.wait();
    done_ = true;
    tick_.cancel();
    while (tasks_ > 0) co_await task_ended_.wait();
    const std::string_view nothing;
    if (parted()) (void)co_await client_->write(nothing, true);
    if (ended_) co_return *ended_;
    co_return Status{};
}

/// Reads one connection until its close came, the session ended, or it was lost. The client's is read on after the end of
/// the session, so that its close arrives; what else it says then goes nowhere.
Task<void> WebSocketSession::pump(Leg& from, Leg& to) {
    while (!from.close_seen && !(ended_ && &from == upstream_.get())) {
        const auto chunk = co_await from.body().next();
        if (chunk.has_error()) {
            end_lost(from, chunk.error());
            co_return;
        }
        from.heard = Clock::now();
        from.pinged = false;
        const bool more = co_await take(from, to, chunk->bytes);
        if (!more) co_return;
        if (chunk->last && !from.close_seen) {
            end_lost(from, fault(&from == client_.get() ? Code::client_gone : Code::upstream_gone, "the connection ended without a WebSocket close"));
            co_return;
        }
    }
}

/// Handles all that is whole in `bytes`. False: this connection cannot be read on.
Task<bool> WebSocketSession::take(Leg& from, Leg& to, std::string_view bytes) {
    for (;;) {
        WebSocketEvent event;
        const auto got = from.codec.next(bytes, event);
        if (got.has_error()) {
            const auto code = from.codec.close_code();
            const bool client = &from == client_.get();
            if (!ended_) end(got.error(), client ? code : CloseCode::internal_error, client ? CloseCode::going_away : code);
            co_return false;
        }
        if (!*got) co_return true;
        co_await handle(from, to, event);
        // After its close a peer has nothing more to say.
        if (from.close_seen) co_return true;
    }
}

Task<void> WebSocketSession::handle(Leg& from, Leg& to, WebSocketEvent& event) {
    using Kind = WebSocketEvent::Kind;
    if (event.kind == Kind::close) {
        from.close_seen = true;
        if (ended_) co_return;
        if (!close_by_) close_by_ = Clock::now() + worker_.snapshot().timeouts.body;
        const bool current = crossing_.keep_current(worker_.edition->equipment, wall_clock_us() / 1'000'000).has_value();
        if (&from != client_.get() && current && !say_rest(to)) co_return;
        const std::string reason = event.data.empty() || !current ? std::string() : crossing_.reason(&from == client_.get(), event.data);
        close(to, event.code, reason);
        co_await say(to);
        co_return;
    }
    if (ended_) co_return;
    if (event.kind == Kind::ping) {
        if (!from.close_sent) (void)from.codec.pong(event.data, from.pending);
        co_await say(from);
        co_return;
    }
    if (event.kind != Kind::pong) co_await cross(from, to, event.kind == Kind::text, event.data);
}

/// One message, judged under the snapshot of now.
Task<void> WebSocketSession::cross(Leg& from, Leg& to, bool text, std::string& message) {
    const bool client = &from == client_.get();
    Status crossed = crossing_.keep_current(worker_.edition->equipment, wall_clock_us() / 1'000'000);
    std::vector<WebSocketCrossing::Message> messages;
    if (crossed.has_value() && client) {
        crossed = crossing_.outbound(text, message);
        messages.push_back({text, std::move(message)});
    } else if (crossed.has_value()) {
        crossed = crossing_.inbound(text, message, messages);
    }
    for (const auto& one : messages) {
        if (crossed.has_error() || to.close_sent) break;
        crossed = to.codec.message(one.text, one.bytes, to.pending);
        if (crossed.has_value()) (client ? attempt_.sent : attempt_.received) += one.bytes.size();
    }
    if (crossed.has_error()) {
        end(crossed.error(), CloseCode::policy_violation, CloseCode::going_away);
        co_return;
    }
    ++(client ? attempt_.messages_sent : attempt_.messages_received);
    co_await say(to);
}

/// What waited for more of its text is said before the close. False if it may not be, which ends the session.
bool WebSocketSession::say_rest(Leg& to) {
    std::vector<WebSocketCrossing::Message> messages;
    Status crossed = crossing_.rest(messages);
    for (const auto& one : messages) {
        if (crossed.has_error() || to.close_sent) break;
        crossed = to.codec.message(one.text, one.bytes, to.pending);
        if (crossed.has_value()) attempt_.received += one.bytes.size();
    }
    if (crossed.has_error()) end(crossed.error(), CloseCode::policy_violation, CloseCode::going_away);
    return crossed.has_value();
}

/// Writes what is pending. One task writes at a time; the others wait until all is said.
Task<void> WebSocketSession::say(Leg& leg) {
    while (leg.writing) co_await leg.said.async_wait(resumed);
    if (leg.pending.empty() || leg.broken) co_return;
    leg.writing = true;
    Status written;
    while (!leg.pending.empty() && written.has_value()) {
        const std::string frames = std::move(leg.pending);
        leg.pending.clear();
        leg.writing_since = Clock::now();
        written = co_await leg.write(frames, false);
    }
    leg.writing = false;
    leg.said.cancel();
    if (written.has_error()) {
        leg.broken = true;
        leg.pending.clear();
        end_lost(leg, written.error());
    }
    // Nobody waits for what an upstream still says when the session is over.
    if (ended_ && &leg == upstream_.get()) leg.interrupt();
}

void WebSocketSession::say_soon(Leg& leg) {
    if (!leg.writing && !leg.broken && !leg.pending.empty()) spawn(say(leg));
}

void WebSocketSession::close(Leg& leg, std::uint16_t code, std::string_view reason) {
    if (leg.close_sent || leg.broken) return;
    leg.close_sent = true;
    (void)leg.codec.close(code, reason, leg.pending);
}

/// The first reason counts. Says it to both ends; the client has until over_by_ to close, the upstream is not waited for.
void WebSocketSession::end(const Fault& why, CloseCode to_client, CloseCode to_upstream) {
    if (ended_) return;
    ended_ = why;
    over_by_ = Clock::now() + worker_.snapshot().timeouts.body;
    const bool ours = info(why.code).side == Side::border;
    if (speaker_ && ours && !client_->close_sent && !client_->broken) {
        const RefusalContext context{attempt_.id(), nullptr, {}};
        const auto words = speaker_->last_message(why, context);
        if (!words.empty()) (void)client_->codec.message(true, words, client_->pending);
    }
    close(*client_, static_cast<std::uint16_t>(to_client), close_reason(why, attempt_));
    close(*upstream_, static_cast<std::uint16_t>(to_upstream), {});
    say_soon(*client_);
    say_soon(*upstream_);
    if (upstream_->broken || upstream_->pending.empty()) upstream_->interrupt();
}

/// A connection is gone: there is nothing more to say there.
void WebSocketSession::end_lost(Leg& leg, const Fault& why) {
    leg.broken = true;
    leg.close_seen = true;
    if (ended_) return;
    // Once both closes are on their way a connection that goes is just that.
    if (client_->close_sent && upstream_->close_sent) return;
    end(why, &leg == client_.get() ? CloseCode::going_away : CloseCode::internal_error, CloseCode::going_away);
}

Task<void> WebSocketSession::watch() {
    while (!done_) {
        tick_.expires_after(look_interval);
        co_await tick_.async_wait(resumed);
        if (!done_) look(Clock::now());
    }
}

void WebSocketSession::look(Clock::time_point now) {
    if (over_by_ && now >= *over_by_) {
        // Whoever is not waiting just now will be soon: the next look ends that wait too.
        client_->broken = upstream_->broken = true;
        client_->interrupt();
        upstream_->interrupt();
        return;
    }
    if (ended_) return;
    if (worker_.draining) return end(fault(Code::draining, "this Bordergate is being stopped"), CloseCode::going_away, CloseCode::going_away);
    if (close_by_ && now >= *close_by_) {
        const bool client = !client_->close_seen;
        return end(fault(client ? Code::client_gone : Code::upstream_timeout, "the close of the session was not answered in time"), CloseCode::internal_error, CloseCode::going_away);
    }
    look_at(*client_, now);
    if (!ended_) look_at(*upstream_, now);
}

/// A connection that is silent is pinged, and given up when it stays silent or does not take what is written.
void WebSocketSession::look_at(Leg& leg, Clock::time_point now) {
    const auto& timeouts = worker_.snapshot().timeouts;
    const bool client = &leg == client_.get();
    const auto silent = now - leg.heard;
    const bool stuck = leg.writing && now - leg.writing_since > timeouts.body;
    if (stuck || (silent > timeouts.idle && leg.pinged)) {
        leg.broken = true;
        leg.interrupt();
        return end(fault(client ? Code::client_timeout : Code::upstream_timeout, stuck ? "the peer of a session does not read" : "the peer of a session does not answer pings"),
                   CloseCode::internal_error, CloseCode::going_away);
    }
    if (silent <= timeouts.idle / 2 || leg.pinged || leg.close_sent) return;
    leg.pinged = true;
    (void)leg.codec.ping({}, leg.pending);
    say_soon(leg);
}

}  // namespace bordergate
