#include "proxy/listener_loop.hpp"

#include <boost/asio/steady_timer.hpp>

#include "proxy/exchange.hpp"
#include "proxy/http/h1_client_link.hpp"
#include "proxy/http/h2_client_link.hpp"
#include "proxy/log.hpp"
#include "proxy/net/proxied_client.hpp"

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
Task<Status> answer_unreadable(Worker& worker, ClientLink& client, const Fault& failure) {
    worker.tally.count(failure.code);
    worker.count(worker.traffic.refusals, static_cast<std::size_t>(failure.code));
    if (failure.code == Code::client_gone) co_return failure;
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
    co_return co_await client.respond(head, length, rendered.body, true);
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
Task<void> serve_request(Worker& worker, ClientLink& client, std::string_view name, bool absolute) {
    const TlsContext* tls = nullptr;
    const Arrival arrival{worker.edition->equipment->listener(name, tls), absolute};
    if (!arrival.listener) {
        const Fault gone = fault(Code::draining, "the listener of this connection is no longer configured");
        (void)co_await answer_unreadable(worker, client, gone);
        co_return;
    }
    Exchange exchange(worker, client, arrival);
    co_await exchange.run();
}

/// Serves the request that `waited` was for. True if the connection may bring another; else it has ended.
Task<bool> serve_next(Worker& worker, H1ClientLink& client, std::string_view name, ErrorCode waited) {
    const Timeouts& timeouts = worker.snapshot().timeouts;
    const auto next = co_await client.next_request(waited, worker.snapshot().limits.head_bytes, timeouts.head, timeouts.body);
    bool more = false, lingers = true;
    if (next.has_error()) {
        const Status told = co_await answer_unreadable(worker, client, next.error());
        lingers = told.has_value();
    } else if (*next) {
        if (worker.draining) client.close_after();
        co_await serve_request(worker, client, name, client.absolute_target());
        bool settled = client.settled();
        if (!settled) settled = co_await client.settle();
        more = settled && !worker.draining;
    }
    if (!more && lingers) co_await client.linger();
    co_return more;
}

/// Serves HTTP/1.1: one request after another. All that a silent connection holds is this frame and its caller's.
Task<void> serve_h1(Worker& worker, StreamPtr stream, std::string_view name) {
    H1ClientLink client(std::move(stream), worker.buffers, worker.deadlines);
    const KnownConnection known(worker, client);
    auto time = worker.snapshot().timeouts.head;
    for (bool more = true; more;) {
        const ErrorCode waited = co_await client.wait_for_request(time);
        more = co_await serve_next(worker, client, name, waited);
        time = worker.snapshot().timeouts.idle;
    }
}

/// Serves one request on a stream of an HTTP/2 connection.
Task<void> serve_stream(Worker& worker, H2ConnectionPtr connection, H2StreamPtr stream, std::string name, bool forward) {
    H2ClientLink client(std::move(connection), std::move(stream));
    const Status read = client.open(worker.snapshot().limits, worker.snapshot().timeouts);
    if (read.has_error()) {
        (void)co_await answer_unreadable(worker, client, read.error());
        co_return;
    }
    // Over HTTP/2 every target names its own authority; only a forward proxy goes by it.
    co_await serve_request(worker, client, name, forward);
}

/// Serves HTTP/2: requests side by side, each in a coroutine of its own.
Task<void> serve_h2(Worker& worker, StreamPtr stream, std::string name, bool forward) {
    const auto& limits = worker.snapshot().limits;
    H2Bounds bounds;
    bounds.streams = limits.streams;
    bounds.head_bytes = limits.head_bytes;
    H2Surroundings around{worker.io.get_executor(), &worker.buffers, &worker.deadlines, worker.snapshot().timeouts};
    auto connection = std::make_shared<H2Connection>(H2Session::Role::server, std::move(stream), bounds, std::move(around));
    const KnownConnection known(worker, *connection);
    if (worker.draining) connection->drain();
    // Requests under way may outlive this frame.
    auto served = std::make_shared<std::size_t>(0);
    auto start = [&worker, name, forward, served, most = 2 * bounds.streams, raw = connection.get()](H2StreamPtr request) {
        // A client that resets what it asked for still has it worked on for a while: that too is bounded.
        if (*served >= most) return raw->session().reset(*request, H2Reset::refused_stream);
        ++*served;
        auto ended = [served, alive = raw->shared_from_this()](std::exception_ptr failure) {
            --*served;
            log_exception("stream", failure);
        };
        spawn(worker.io, serve_stream(worker, raw->shared_from_this(), std::move(request), name, forward), std::move(ended));
    };
    co_await connection->run(std::move(start));
}

/// A client that knows that HTTP/2 is spoken says so with its first bytes (RFC 9113, 3.4): looked at, not taken.
Task<bool> begins_with_preface(Worker& worker, Stream& stream) {
    HandshakeDeadline deadline(worker, stream);
    constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    std::array<char, preface.size()> seen{};
    for (;;) {
        const ErrorCode error = co_await stream.wait(Want::readable);
        if (error) co_return false;
        const auto got = stream.peek(seen);
        if (got == 0) co_return false;
        const std::string_view bytes(seen.data(), got);
        // Three letters tell it from every method there is.
        if (got >= 3 || !preface.starts_with(bytes)) co_return bytes.starts_with("PRI");
        asio::steady_timer pause(worker.io, std::chrono::milliseconds(5));
        co_await pause.async_wait(resumed);
    }
}

/// What a new connection speaks; `forward`: on a listener of that mode.
enum class Spoken : std::uint8_t { nothing, http1, http2, http2_forward };

/// Does what precedes the first request.
Task<Spoken> open_connection(Worker& worker, Stream& stream, std::string_view name) {
    const TlsContext* tls = nullptr;
    const Listener* listener = worker.edition->equipment->listener(name, tls);
    if (!listener) co_return Spoken::nothing;
    const bool forward = listener->mode == Listener::Mode::forward;
    const Protocols offered = listener->protocols;
    const auto proxied = listener->proxied;  // a copy: the configuration may change while we wait
    {
        HandshakeDeadline deadline(worker, stream);
        if (proxied) {
            const Status told = co_await read_proxied_client(stream, *proxied);
            if (told.has_error()) {
                worker.tally.count(told.error().code);
                worker.count(worker.traffic.refusals, static_cast<std::size_t>(told.error().code));
                co_return Spoken::nothing;
            }
        }
        const ErrorCode refused = co_await stream.open();
        if (refused) co_return Spoken::nothing;
    }
    bool http2 = stream.protocol() == "h2";
    if (!stream.secure() && offered.http2) {
        http2 = !offered.http1;
        if (!http2) http2 = co_await begins_with_preface(worker, stream);
    }
    if (!http2) co_return Spoken::http1;
    co_return forward ? Spoken::http2_forward : Spoken::http2;
}

}  // namespace

Task<void> serve_connection(Worker& worker, StreamPtr stream, std::string name, std::uint64_t admission) {
    const OpenConnection open(worker);
    const Spoken spoken = co_await open_connection(worker, *stream, name);
    // From here on the worker knows of it and drains it with the others.
    if (admission != worker.admission) co_return;
    if (spoken == Spoken::http1) co_await serve_h1(worker, std::move(stream), name);
    if (spoken == Spoken::http2 || spoken == Spoken::http2_forward)
        co_await serve_h2(worker, std::move(stream), name, spoken == Spoken::http2_forward);
}

Task<void> accept_connections(Worker& worker, std::shared_ptr<tcp::acceptor> acceptor, std::string name) {
    while (acceptor->is_open()) {
        worker.states.make_room(worker.connections);
        auto [error, socket] = co_await acceptor->async_accept(worker.io, resumed);
        if (!acceptor->is_open()) co_return;
        if (error) {
            // Out of descriptors or memory: pause rather than spin, and let others finish.
            log_warning("accept_failed", name + ": " + error.message());
            asio::steady_timer pause(worker.io, std::chrono::milliseconds(50));
            co_await pause.async_wait(resumed);
            continue;
        }
        const TlsContext* tls = nullptr;
        if (!worker.edition->equipment->listener(name, tls)) continue;
        if (worker.connections >= worker.most_connections()) {
            worker.tally.count(Code::overloaded);
            worker.count(worker.traffic.refusals, static_cast<std::size_t>(Code::overloaded));
            worker.count(worker.traffic.shed, static_cast<std::size_t>(Overload::Reason::connections));
            if (!tls) say_overloaded(std::move(socket));
            continue;
        }
        ErrorCode ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        StreamPtr stream = tls ? tls->stream(std::move(socket)) : std::make_unique<Stream>(std::move(socket));
        auto ended = [](std::exception_ptr failure) { log_exception("connection", failure); };
        spawn(worker.io, serve_connection(worker, std::move(stream), name, worker.admission), std::move(ended));
    }
}

}  // namespace bordergate
