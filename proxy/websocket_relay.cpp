#include "proxy/websocket_relay.hpp"

#include "proxy/http/websocket_codec.hpp"
#include "proxy/http/websocket_frames.hpp"
#include "proxy/log.hpp"
#include "proxy/net/event.hpp"

namespace bordergate {

namespace {

/// How often a session looks at the time, and for draining.
constexpr std::chrono::milliseconds look_interval{250};
/// The relay looks at the time itself: one end may listen for long while the other speaks.
constexpr std::chrono::hours link_patience{24};

}  // namespace

std::string close_reason(const Fault& why, const Attempt& attempt) {
    std::string text(info(why.code).name);
    if (!why.rule.empty()) text += " rule " + why.rule;
    return text + " attempt " + attempt.id();
}

struct WebSocketRelay::State : private Deadline {
    State(Worker& worker_, ClientLink& client_, UpstreamLink& upstream_, Attempt& attempt_)
        : Deadline(worker_.deadlines), worker(worker_), client(client_), upstream(upstream_), attempt(attempt_), ended(worker_.io.get_executor()) {
        client.allow(link_patience);
        upstream.allow(link_patience);
        set(look_interval);
    }
    void on_expired() override {
        if (worker.draining && !fault_) fault_ = fault(Code::draining, "this Bordergate is being stopped");
        if (std::chrono::steady_clock::now() - moved > worker.snapshot().timeouts.idle && !fault_) fault_ = fault(Code::client_timeout, "both ends of the session were silent");
        // Whoever is not waiting just now will be soon: the next look ends that wait too.
        if (fault_ || stopped) stop();
        set(look_interval);
    }
    void stop() {
        stopped = true;
        client.stop_reading();
        upstream.interrupt();
    }
    Task<void> out() {
        for (bool last = false; !last;) {
            const auto chunk = co_await client.request_body().next();
            if (chunk.has_error()) co_return stop();
            last = chunk->last;
            attempt.sent += chunk->bytes.size();
            moved = std::chrono::steady_clock::now();
            const Status written = co_await upstream.write(chunk->bytes, last);
            if (written.has_error()) co_return stop();
        }
    }
    Task<void> back() {
        for (bool last = false; !last;) {
            const auto chunk = co_await upstream.response_body().next();
            if (chunk.has_error()) co_return stop();
            last = chunk->last;
            attempt.received += chunk->bytes.size();
            moved = std::chrono::steady_clock::now();
            to_client.pass(chunk->bytes);
            const Status written = co_await client.write(chunk->bytes, last);
            client_over = last || written.has_error();
            if (written.has_error()) co_return stop();
        }
    }
    Worker& worker;
    ClientLink& client;
    UpstreamLink& upstream;
    Attempt& attempt;
    Event ended;
    WebSocketFrames to_client;
    std::chrono::steady_clock::time_point moved = std::chrono::steady_clock::now();
    std::optional<Fault> fault_;
    bool stopped = false, back_done = false;
    bool client_over = false;  ///< all is said to the client, or it takes no more
};

WebSocketRelay::WebSocketRelay(Worker& worker, ClientLink& client, UpstreamLink& upstream, Attempt& attempt)
    : state_(std::make_unique<State>(worker, client, upstream, attempt)) {}
WebSocketRelay::~WebSocketRelay() = default;

Task<Status> WebSocketRelay::run() {
    State& state = *state_;
    auto finished = [&state](std::exception_ptr failure) {
        log_exception("websocket", failure);
        state.back_done = true;
        state.ended.signal();
    };
    spawn(state.worker.io, state.back(), std::move(finished));
    co_await state.out();
    while (!state.back_done) co_await state.ended.wait();
    if (state.fault_) co_return *state.fault_;
    if (state.stopped) co_return fault(Code::client_gone, "one side of the session broke off");
    co_return Status{};
}

Task<bool> WebSocketRelay::part(const Fault& why) {
    State& state = *state_;
    if (state.client_over || !state.to_client.between()) co_return false;
    WebSocketCodec::Settings as_server;
    as_server.role = WebSocketRole::server;
    WebSocketCodec codec(as_server);
    const bool stopping = info(why.code).side != Side::border || why.code == Code::draining;
    std::string close;
    const auto code = static_cast<std::uint16_t>(stopping ? CloseCode::going_away : CloseCode::policy_violation);
    const Status made = codec.close(code, close_reason(why, state.attempt), close);
    if (made.has_error()) co_return false;
    state.client.allow(state.worker.snapshot().timeouts.body);
    const Status said = co_await state.client.write(close, true);
    co_return said.has_value();
}

}  // namespace bordergate
