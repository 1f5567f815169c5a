#include "proxy/listener_loop.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "proxy/exchange.hpp"
#include "proxy/http/h1_client_link.hpp"
#include "proxy/log.hpp"

namespace bordergate {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

/// Counts one open connection for as long as it lives.
class OpenConnection {
  public:
    explicit OpenConnection(Worker& worker) : worker_(worker) { change(1); }
    ~OpenConnection() { change(-1); }
    OpenConnection(const OpenConnection&) = delete;
    OpenConnection& operator=(const OpenConnection&) = delete;

  private:
    void change(std::int64_t by) {
        worker_.connections += static_cast<std::size_t>(by);
        worker_.metrics.move(worker_.traffic.connections, worker_.index, by);
    }
    Worker& worker_;
};

/// Lets the worker know of a connection for as long as it lives.
class KnownConnection {
  public:
    KnownConnection(Worker& worker, ClientConnection& connection) : worker_(worker), connection_(connection) { worker.clients.insert(&connection); }
    ~KnownConnection() { worker_.clients.erase(&connection_); }
    KnownConnection(const KnownConnection&) = delete;
    KnownConnection& operator=(const KnownConnection&) = delete;

  private:
    Worker& worker_;
    ClientConnection& connection_;
};

/// A handshake that takes too long is closed; nobody can be answered yet.
class HandshakeDeadline final : private Deadline {
  public:
    HandshakeDeadline(Worker& worker, Stream& stream) : Deadline(worker.deadlines), stream_(stream) {
        set(worker.snapshot().timeouts.head);
    }

  private:
    void on_expired() override { stream_.close(); }
    Stream& stream_;
};

/// Answers a request that could not be read: a status, our code, and the end of the connection.
Task<void> answer_unreadable(Worker& worker, H1ClientLink& client, const Fault& failure) {
    worker.tally.count(failure.code);
    worker.count(worker.traffic.refusals, static_cast<std::size_t>(failure.code));
    if (failure.code == Code::client_gone) co_return;
    const auto& known = info(failure.code);
    const RefusalContext nobody{};
    const auto rendered = dialect(DialectId::none).refuse(failure, nobody);
    ResponseHead head;
    head.status = known.status;
    head.reason = known.name;
    head.fields.add("content-type", rendered.content_type);
    head.fields.add("bordergate-code", known.name);
    head.fields.add("x-should-retry", "false");
    const BodyLength length = BodyLength::exact(rendered.body.size());
    const Status sent = co_await client.respond(head, length, rendered.body, true);
    if (sent.has_value()) co_await client.linger();
}

/// What fits into a fresh socket's buffer is there before the connection closes; nobody waits for it.
void say_overloaded(Socket socket) {
    constexpr std::string_view answer =
        "HTTP/1.1 503 overloaded\r\ncontent-length: 0\r\nbordergate-code: overloaded\r\nretry-after: 1\r\nconnection: close\r\n\r\n";
    ErrorCode ignored;
    socket.non_blocking(true, ignored);
    (void)socket.write_some(asio::buffer(answer), ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
}

/// In a frame of its own: a connection that waits for its next request holds nothing of the last one.
Task<void> serve_request(Worker& worker, H1ClientLink& client, const Listener& listener) {
    const Arrival arrival{&listener, client.absolute_target()};
    Exchange exchange(worker, client, arrival);
    co_await exchange.run();
}

}  // namespace

Task<void> serve_connection(Worker& worker, StreamPtr stream, const Listener& listener) {
    const OpenConnection open(worker);
    {
        HandshakeDeadline deadline(worker, *stream);
        const ErrorCode refused = co_await stream->open();
        if (refused) co_return;
    }
    H1ClientLink client(std::move(stream), worker.buffers, worker.deadlines);
    const KnownConnection known(worker, client);
    for (bool first = true;; first = false) {
        const auto next = co_await client.next_request(worker.snapshot().limits, worker.snapshot().timeouts, first);
        if (next.has_error()) {
            co_await answer_unreadable(worker, client, next.error());
            co_return;
        }
        if (!*next) break;
        if (worker.draining) client.close_after();
        co_await serve_request(worker, client, listener);
        const bool more = co_await client.settle();
        if (!more || worker.draining) break;
    }
    co_await client.linger();
}

Task<void> accept_connections(Worker& worker, tcp::acceptor& acceptor, const Listener& listener,
                              const TlsContext* tls, std::size_t most_connections) {
    while (acceptor.is_open()) {
        auto [error, socket] = co_await acceptor.async_accept(worker.io, asio::as_tuple(asio::use_awaitable));
        if (!acceptor.is_open()) co_return;
        if (error) {
            // Out of descriptors or memory: pause rather than spin, and let others finish.
            log_warning("accept_failed", listener.name + ": " + error.message());
            asio::steady_timer pause(worker.io, std::chrono::milliseconds(50));
            co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
            continue;
        }
        if (worker.connections >= most_connections) {
            worker.tally.count(Code::overloaded);
            worker.count(worker.traffic.refusals, static_cast<std::size_t>(Code::overloaded));
            if (!tls) say_overloaded(std::move(socket));
            continue;
        }
        ErrorCode ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        StreamPtr stream = tls ? tls->stream(std::move(socket)) : std::make_unique<Stream>(std::move(socket));
        auto ended = [](std::exception_ptr failure) { log_exception("connection", failure); };
        asio::co_spawn(worker.io, serve_connection(worker, std::move(stream), listener), std::move(ended));
    }
}

}  // namespace bordergate
