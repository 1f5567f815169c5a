#include "proxy/tunnel.hpp"

#include <boost/asio/steady_timer.hpp>

namespace bordergate {

namespace asio = boost::asio;

/// Both directions of one tunnel and the one deadline they share. Lives until both have ended.
struct Tunnel::Relay : private Deadline {
    Relay(Worker& worker, ClientLink& client, StreamPtr upstream, std::chrono::milliseconds idle)
        : Deadline(worker.deadlines),
          worker(worker),
          idle(idle),
          client(client),
          upstream(std::move(upstream)),
          ended(worker.io.get_executor()) {
        ended.expires_at(asio::steady_timer::time_point::max());
    }
    void on_expired() override { stop(); }
    void stop() {
        broken = true;
        client.stop_reading();
        ErrorCode ignored;
        upstream->socket().cancel(ignored);
    }
    void stay_awake() { set(idle); }

    /// Client to upstream, until the end, an error, or silence; a clean end is passed on as a half-close.
    Task<void> move_out(std::uint64_t& counted) {
        for (bool last = false; !last;) {
            stay_awake();
            const auto chunk = co_await client.request_body().next();
            if (chunk.has_error() || broken) co_return stop();
            last = chunk->last;
            counted += chunk->bytes.size();
            iovec part{const_cast<char*>(chunk->bytes.data()), chunk->bytes.size()};
            const ErrorCode failed = co_await upstream->write(std::span(&part, 1));
            if (failed) co_return stop();
        }
        upstream->finish();
    }

    /// Upstream to client.
    Task<void> move_back(std::uint64_t& counted) {
        Buffer buffer = worker.buffers.borrow();
        for (;;) {
            stay_awake();
            const auto got = co_await upstream->read(buffer.span());
            if (got.has_error() || broken) co_return stop();
            counted += *got;
            const std::string_view bytes(buffer.data(), *got);
            const Status written = co_await client.write(bytes, *got == 0);
            if (written.has_error()) co_return stop();
            if (*got == 0) co_return;
        }
    }

    Worker& worker;
    std::chrono::milliseconds idle;  ///< longest silence of both sides
    ClientLink& client;
    StreamPtr upstream;
    asio::steady_timer ended;
    bool back_done = false;
    bool broken = false;
};

Tunnel::Tunnel(Worker& worker, Edition& edition, ClientLink& client, Attempt& attempt, const ExchangeWatch& watch, const Route& route)
    : worker_(worker), edition_(edition), client_(client), attempt_(attempt), watch_(watch), route_(route) {}

Task<Status> Tunnel::run() {
    Dial dial = Dial::to(route_.destination);
    dial.time = route_.connect;
    dial.client = route_.client;
    const Asking asking{true, false, {}};
    Status committed = co_await attempt_.commit_intent();
    if (committed.has_error()) co_return committed;
    left_ = true;  // with the question for its address, if it is a name
    // The lease holds its place among the destination's connections for as long as the tunnel is open.
    auto leased = co_await edition_.pool.lease(dial, asking);
    if (leased.has_error()) co_return leased.error();
    attempt_.dialled(leased->address);
    const Status outward = refuse_loop(*worker_.own, leased->address);
    if (outward.has_error()) co_return outward;
    committed = co_await attempt_.commit_dialled();
    if (committed.has_error()) co_return committed;
    auto stream = co_await edition_.pool.connect_stream(*leased);
    if (stream.has_error()) {
        leased->visit.failed();
        co_return stream.error();
    }
    if (watch_.ended()) co_return *watch_.ended();
    ResponseHead opened;
    opened.fields.add("bordergate-attempt", attempt_.id());
    const Status said = co_await client_.open_tunnel(opened);
    if (said.has_error()) co_return said;
    attempt_.answered(nullptr, 200);
    co_return co_await relay(std::move(*stream));
}

Task<Status> Tunnel::relay(StreamPtr upstream) {
    // The relay's one deadline is for both directions: one side may listen for long while the other speaks.
    client_.allow(std::chrono::hours(24));
    Relay relay(worker_, client_, std::move(upstream), edition_.snapshot().timeouts.idle);
    auto finished = [&relay](std::exception_ptr) {
        relay.back_done = true;
        relay.ended.cancel();
    };
    spawn(worker_.io, relay.move_back(attempt_.received), finished);
    co_await relay.move_out(attempt_.sent);
    if (!relay.back_done) co_await relay.ended.async_wait(resumed);
    if (relay.broken) co_return fault(Code::client_gone, "one side of the tunnel broke off or fell silent");
    co_return Status{};
}

}  // namespace bordergate
