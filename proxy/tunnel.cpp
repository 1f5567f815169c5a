#include "proxy/tunnel.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace bordergate {

namespace asio = boost::asio;

/// Both directions of one tunnel and the one deadline they share. Lives until both have ended.
struct Tunnel::Relay : private Deadline {
    Relay(Worker& worker, Stream& client, StreamPtr upstream)
        : Deadline(worker.deadlines),
          worker(worker),
          client(client),
          upstream(std::move(upstream)),
          ended(worker.io.get_executor()) {
        ended.expires_at(asio::steady_timer::time_point::max());
    }
    void on_expired() override { stop(); }
    void stop() {
        ErrorCode ignored;
        client.socket().cancel(ignored);
        upstream->socket().cancel(ignored);
    }

    /// Moves bytes one way until the end, an error, or silence; a clean end is passed on as a half-close.
    Task<void> move(Stream& from, Stream& to, std::uint64_t& counted) {
        Buffer buffer = worker.buffers.borrow();
        for (;;) {
            set(worker.snapshot().timeouts.idle);
            const auto got = co_await from.read(buffer.span());
            if (got.has_error() || has_expired()) break;
            if (*got == 0) {
                to.finish();
                co_return;
            }
            counted += *got;
            iovec part{buffer.data(), *got};
            const ErrorCode failed = co_await to.write(std::span(&part, 1));
            if (failed) break;
        }
        stop();
        broken = true;
    }

    Worker& worker;
    Stream& client;
    StreamPtr upstream;
    asio::steady_timer ended;
    bool back_done = false;
    bool broken = false;
};

Tunnel::Tunnel(Worker& worker, ClientLink& client, Attempt& attempt, const Destination& destination)
    : worker_(worker), client_(client), attempt_(attempt), destination_(destination) {}

Task<Status> Tunnel::run() {
    Dial dial;
    dial.host = destination_.host;
    dial.port = destination_.port;
    dial.allow_private = destination_.allow_private_address;
    Status committed = co_await attempt_.commit_intent();
    if (committed.has_error()) co_return committed;
    auto leased = co_await worker_.pool.lease(dial, true);
    if (leased.has_error()) co_return leased.error();
    attempt_.dialled(leased->address);
    committed = co_await attempt_.commit_dialled();
    if (committed.has_error()) co_return committed;
    auto stream = co_await worker_.pool.connect_stream(*leased);
    if (stream.has_error()) co_return stream.error();
    const std::string opened =
        "HTTP/1.1 200 Connection established\r\nbordergate-attempt: " + attempt_.id() + "\r\n\r\n";
    const Status said = co_await client_.open_tunnel(opened);
    if (said.has_error()) co_return said;
    attempt_.answered(nullptr, 200);
    co_return co_await relay(std::move(*stream));
}

Task<Status> Tunnel::relay(StreamPtr upstream) {
    Relay relay(worker_, client_.raw_stream(), std::move(upstream));
    std::string early = client_.take_leftover();
    if (!early.empty()) {
        attempt_.sent += early.size();
        iovec part{early.data(), early.size()};
        const ErrorCode failed = co_await relay.upstream->write(std::span(&part, 1));
        if (failed) co_return fault(Code::upstream_gone, "the tunnel's upstream closed");
    }
    auto finished = [&relay](std::exception_ptr) {
        relay.back_done = true;
        relay.ended.cancel();
    };
    asio::co_spawn(worker_.io, relay.move(*relay.upstream, relay.client, attempt_.received), finished);
    co_await relay.move(relay.client, *relay.upstream, attempt_.sent);
    if (!relay.back_done) co_await relay.ended.async_wait(asio::as_tuple(asio::use_awaitable));
    relay.client.close();
    co_return Status{};
}

}  // namespace bordergate
