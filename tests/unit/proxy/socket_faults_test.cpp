// Every socket step of the four links fails once in every way: the exchange ends with a fault that has a name, or whole
// if all was done; nothing hangs, and (under AddressSanitizer) nothing leaks.
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <set>

#include "proxy/http/h1_client_link.hpp"
#include "proxy/http/h1_upstream_link.hpp"
#include "proxy/http/h2_client_link.hpp"
#include "proxy/http/h2_upstream_link.hpp"
#include "tests/support/faulty_stream.hpp"
#include "tests/support/h2_pair.hpp"

using namespace bordergate;
using namespace bordergate::testing;
namespace asio = boost::asio;

namespace {

const std::string up(60'000, 'u'), down(90'000, 'd');
constexpr std::chrono::milliseconds patience{400};

/// What one side made of its exchange.
struct Side {
    bool ended = false;
    Status status;
    std::string body;
};

Task<Status> read_all(Body& body, std::string& into) {
    for (bool last = false; !last;) {
        const auto chunk = co_await body.next();
        if (chunk.has_error()) co_return chunk.error();
        into.append(chunk->bytes);
        last = chunk->last;
    }
    co_return Status{};
}

/// The server's side: reads a request and answers it, head first, then the body in two pieces.
Task<Status> answer(ClientLink& link, std::string& body) {
    Status done = co_await read_all(link.request_body(), body);
    if (done.has_error()) co_return done;
    const auto head = response_head();
    const auto length = BodyLength::streamed();
    done = co_await link.respond(head, length, "", false);
    if (done.has_value()) done = co_await link.write(std::string_view(down).substr(0, 50'000), false);
    if (done.has_value()) done = co_await link.write(std::string_view(down).substr(50'000), true);
    co_return done;
}

/// The client's side: a request with its body in two pieces, then the answer.
Task<Status> ask(UpstreamLink& link, std::string& body) {
    auto head = request_head("POST");
    head.fields.add("x", "y");
    const auto length = BodyLength::streamed();
    Status done = co_await link.send(head, length, std::string_view(up).substr(0, 10), false);
    if (done.has_value()) done = co_await link.write(std::string_view(up).substr(10), true);
    if (done.has_value()) done = co_await link.receive(false);
    if (done.has_value()) done = co_await read_all(link.response_body(), body);
    co_return done;
}

Timeouts hasty() {
    Timeouts timeouts;
    timeouts.head = timeouts.idle = timeouts.body = timeouts.first_byte = patience;
    return timeouts;
}

/// One exchange over a socket pair with one end that fails.
class Run {
  public:
    Run(bool http2, bool client_fails, Failure failure, int at) {
        auto [near, far] = socket_pair(io_.get_executor());
        StreamPtr client, server;
        if (client_fails) {
            client = std::make_unique<FaultyStream>(std::move(near), failure, at, steps);
            server = std::make_unique<Stream>(std::move(far));
        } else {
            client = std::make_unique<Stream>(std::move(near));
            server = std::make_unique<FaultyStream>(std::move(far), failure, at, steps);
        }
        if (http2) {
            begin(h2_client(std::move(client)));
            begin(h2_server(std::move(server)));
        } else {
            begin(h1_client(std::move(client)));
            begin(h1_server(std::move(server)));
        }
        io_.run_for(std::chrono::seconds(8));
    }

    Side asked, answered;
    int steps = 0;
    int running = 0;
    bool threw = false;

  private:
    void begin(Task<void> task) {
        ++running;
        auto ended = [this](std::exception_ptr failure) {
            threw = threw || failure != nullptr;
            if (--running == 0) deadlines_.stop();  // nothing waits any more
        };
        bordergate::spawn(io_, std::move(task), std::move(ended));
    }

    Task<void> h1_client(StreamPtr stream) {
        H1UpstreamLink link(std::move(stream), buffers_, deadlines_, limits_.head_bytes);
        link.start(false);
        link.allow(patience);
        asked.status = co_await ask(link, asked.body);
        asked.ended = true;
    }
    Task<void> h1_server(StreamPtr stream) {
        H1ClientLink link(std::move(stream), buffers_, deadlines_);
        const ErrorCode waited = co_await link.wait_for_request(timeouts_.head);
        const auto next = co_await link.next_request(waited, limits_.head_bytes, timeouts_.head, timeouts_.body);
        answered.ended = true;
        if (next.has_error()) {
            answered.status = next.error();
            co_return;
        }
        if (!*next) {
            answered.status = fault(Code::client_gone, "no request");
            co_return;
        }
        link.allow(patience);
        answered.status = co_await answer(link, answered.body);
        if (answered.status.has_error()) link.abort();
        const bool more = co_await link.settle();
        if (more || answered.status.has_value()) co_await link.linger();
    }
    Task<void> h2_client(StreamPtr stream) {
        H2Surroundings around{io_.get_executor(), &buffers_, &deadlines_, timeouts_};
        auto connection = std::make_shared<H2Connection>(H2Session::Role::client, std::move(stream), H2Bounds{}, std::move(around));
        begin(connection->run({}));
        {
            H2UpstreamLink link(connection, false, limits_.head_bytes);
            link.allow(patience);
            asked.status = co_await ask(link, asked.body);
        }
        asked.ended = true;
        connection->session().drain();
        connection->flush();
    }
    Task<void> h2_server(StreamPtr stream) {
        H2Surroundings around{io_.get_executor(), &buffers_, &deadlines_, timeouts_};
        auto connection = std::make_shared<H2Connection>(H2Session::Role::server, std::move(stream), H2Bounds{}, std::move(around));
        std::weak_ptr<H2Connection> weak = connection;
        auto start = [this, weak](H2StreamPtr request) { begin(serve(weak.lock(), std::move(request))); };
        co_await connection->run(std::move(start));
        if (!answered.ended && !serving_) answered.status = fault(Code::client_gone, "no request");
        answered.ended = answered.ended || !serving_;
    }
    Task<void> serve(H2ConnectionPtr connection, H2StreamPtr request) {
        serving_ = true;
        H2ClientLink link(std::move(connection), std::move(request));
        answered.status = link.open(limits_, timeouts_);
        link.allow(patience);
        if (answered.status.has_value()) answered.status = co_await answer(link, answered.body);
        answered.ended = true;
    }

    asio::io_context io_{1};
    Buffers buffers_;
    Deadlines deadlines_{io_.get_executor()};
    Limits limits_;
    Timeouts timeouts_ = hasty();
    bool serving_ = false;
};

bool is_named(const Status& status, bool client) {
    static const std::set<Code> of_clients{Code::client_gone, Code::client_timeout, Code::framing_invalid};
    static const std::set<Code> of_upstreams{Code::upstream_gone, Code::upstream_timeout, Code::upstream_invalid};
    return (client ? of_upstreams : of_clients).count(status.error().code) == 1;
}

void fail_every_step(bool http2, bool client_fails) {
    for (const auto failure : every_failure) {
        for (int at = 0;; ++at) {
            INFO("failure " << static_cast<int>(failure) << " at step " << at);
            REQUIRE(at < 2000);
            const Run run(http2, client_fails, failure, at);
            REQUIRE(run.running == 0);
            CHECK_FALSE(run.threw);
            REQUIRE(run.asked.ended);
            REQUIRE(run.answered.ended);
            if (run.asked.status.has_error()) CHECK(is_named(run.asked.status, true));
            if (run.answered.status.has_error()) CHECK(is_named(run.answered.status, false));
            // Whoever says that all came has all of it.
            const bool asked_whole = run.asked.status.has_error() || run.asked.body == down, answered_whole = run.answered.status.has_error() || run.answered.body == up;
            CHECK(asked_whole);
            CHECK(answered_whole);
            const bool touched = run.steps > at;
            if (!touched || failure == Failure::short_step) {
                CHECK(run.asked.status.has_value());
                CHECK(run.answered.status.has_value());
            }
            if (!touched) break;
            // Many steps are alike: beyond the first ones, some are enough.
            if (at > 24) at += 6;
        }
    }
}

}  // namespace

TEST_CASE("socket faults: HTTP/1.1 to a client") { fail_every_step(false, false); }
TEST_CASE("socket faults: HTTP/1.1 to an upstream") { fail_every_step(false, true); }
TEST_CASE("socket faults: HTTP/2 to a client") { fail_every_step(true, false); }
TEST_CASE("socket faults: HTTP/2 to an upstream") { fail_every_step(true, true); }
