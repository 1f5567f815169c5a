#include "proxy/upstream_pool.hpp"

#include <boost/asio/connect.hpp>

#include "proxy/net/addresses.hpp"

namespace bordergate {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

constexpr std::size_t idle_per_destination = 256;
/// The system's resolver does not tell a record's time to live; this is how long an answer is used.
constexpr std::chrono::seconds name_lifetime{30};
/// A connection idle for longer is looked at before it is used: upstreams close without a word.
constexpr std::chrono::milliseconds trusted_idle{250};
constexpr std::chrono::seconds longest_idle{55};

/// Cancels whatever uses a socket or resolver when its time is over.
class CancelAfter final : private Deadline {
  public:
    CancelAfter(Deadlines& deadlines, std::chrono::milliseconds time, std::function<void()> cancel)
        : Deadline(deadlines), cancel_(std::move(cancel)) {
        set(time);
    }
    using Deadline::has_expired;

  private:
    void on_expired() override { cancel_(); }
    std::function<void()> cancel_;
};

Fault unreachable(const Dial& dial, const std::string& why) {
    return fault(Code::upstream_unreachable, "cannot reach " + dial.host + ": " + why);
}

}  // namespace

UpstreamPool::UpstreamPool(asio::any_io_executor executor, Buffers& buffers, Deadlines& deadlines,
                           const Limits& limits, const Timeouts& timeouts)
    : executor_(std::move(executor)), buffers_(buffers), deadlines_(deadlines), limits_(limits), timeouts_(timeouts) {}

UpstreamPool::~UpstreamPool() {
    for (auto& [destination, connections] : shared_)
        for (auto& one : connections) one.connection->close();
}

Task<Result<std::vector<UpstreamPool::Endpoint_>>> UpstreamPool::resolve(const Dial& dial) {
    std::vector<Endpoint_> addresses;
    ErrorCode error;
    const auto numeric = asio::ip::make_address(dial.host, error);
    if (!error) {
        addresses.emplace_back(numeric, dial.port);
        co_return addresses;
    }
    const std::string key = dial.host + ':' + std::to_string(dial.port);
    const auto known = names_.find(key);
    if (known != names_.end() && known->second.until > Clock::now()) co_return known->second.addresses;
    tcp::resolver resolver(executor_);
    CancelAfter limit(deadlines_, timeouts_.connect, [&resolver] { resolver.cancel(); });
    auto [failed, found] = co_await resolver.async_resolve(dial.host, std::to_string(dial.port),
                                                           resumed);
    if (failed) co_return unreachable(dial, limit.has_expired() ? "its name took too long to resolve" : failed.message());
    for (const auto& entry : found) addresses.push_back(entry.endpoint());
    if (names_.size() > 4096) names_.clear();
    names_[key] = {addresses, Clock::now() + name_lifetime};
    co_return addresses;
}

bool UpstreamPool::lease_stream(Lease& lease) {
    const auto found = shared_.find(lease.dial.declared);
    if (found == shared_.end()) return false;
    auto& connections = found->second;
    std::erase_if(connections, [](const Shared& one) { return one.connection->lost(); });
    for (const auto& one : connections) {
        if (!one.connection->session().has_room()) continue;
        lease.link = std::make_unique<H2UpstreamLink>(one.connection, true, limits_.head_bytes);
        lease.address = one.address;
        return true;
    }
    return false;
}

bool UpstreamPool::lease_idle(Lease& lease) {
    auto& idle = idle_[lease.dial.declared];
    while (!idle.empty()) {
        Idle last = std::move(idle.back());
        idle.pop_back();
        const auto age = Clock::now() - last.since;
        if (age > longest_idle || (age > trusted_idle && !last.link->still_idle())) continue;
        last.link->start(true);
        lease.h1 = last.link.get();
        lease.link = std::move(last.link);
        lease.address = last.address;
        return true;
    }
    return false;
}

Task<Result<Lease>> UpstreamPool::lease(Dial dial, bool fresh) {
    Lease lease;
    lease.dial = dial;
    if (dial.declared && !fresh && (lease_stream(lease) || lease_idle(lease))) co_return lease;
    auto addresses = co_await resolve(dial);
    if (addresses.has_error()) co_return addresses.error();
    if (addresses->empty()) co_return unreachable(dial, "its name has no address");
    for (const auto& address : *addresses) {
        if (!dial.allow_private && !is_public(address.address())) continue;
        lease.address = address;
        co_return lease;
    }
    co_return fault(Code::address_refused, dial.host + " resolves only to private or special addresses, which this destination may not have");
}

Task<Result<StreamPtr>> UpstreamPool::connect_stream(const Lease& lease) {
    Socket socket(executor_);
    CancelAfter limit(deadlines_, timeouts_.connect, [&socket] {
        ErrorCode ignored;
        socket.close(ignored);
    });
    auto [failed] = co_await socket.async_connect(lease.address, resumed);
    if (limit.has_expired()) co_return fault(Code::upstream_timeout, "connecting to " + lease.dial.host + " took too long");
    if (failed) co_return unreachable(lease.dial, failed.message());
    ErrorCode error;
    const auto peer = socket.remote_endpoint(error);
    if (error || peer != lease.address) co_return fault(Code::address_refused, "connected to another address than the one judged");
    socket.set_option(tcp::no_delay(true), error);
    if (!lease.dial.tls) co_return std::make_unique<Stream>(std::move(socket));
    StreamPtr stream = lease.dial.tls->stream(std::move(socket));
    Stream* raw = stream.get();
    CancelAfter handshake(deadlines_, timeouts_.connect, [raw] { raw->close(); });
    const ErrorCode refused = co_await stream->open();
    if (handshake.has_expired()) co_return fault(Code::upstream_timeout, "the TLS handshake with " + lease.dial.host + " took too long");
    if (refused) co_return unreachable(lease.dial, "the TLS handshake failed; its certificate must be valid for that name");
    co_return stream;
}

Task<Status> UpstreamPool::connect(Lease& lease) {
    if (lease.link) co_return Status{};
    auto stream = co_await connect_stream(lease);
    if (stream.has_error()) co_return stream.error();
    // Over TLS both sides agreed on a version; without, the destination's own word decides.
    const bool http2 = lease.dial.tls ? (*stream)->protocol() == "h2" : lease.dial.protocols.http2;
    if (lease.dial.tls && !http2 && !lease.dial.protocols.http1) co_return unreachable(lease.dial, "it does not speak HTTP/2");
    if (http2) {
        share(lease, std::move(*stream));
        co_return Status{};
    }
    auto link = std::make_unique<H1UpstreamLink>(std::move(*stream), buffers_, deadlines_, limits_.head_bytes);
    link->start(false);
    lease.h1 = link.get();
    lease.link = std::move(link);
    co_return Status{};
}

void UpstreamPool::share(Lease& lease, StreamPtr stream) {
    H2Bounds bounds;
    bounds.head_bytes = limits_.head_bytes;
    bounds.streams = 0;  // nobody pushes
    H2Surroundings around{executor_, &buffers_, &deadlines_, timeouts_};
    around.timeouts.idle = longest_idle;
    auto connection = std::make_shared<H2Connection>(H2Session::Role::client, std::move(stream), bounds, std::move(around));
    auto ended = [connection](std::exception_ptr failure) {
        if (failure) connection->close();
    };
    spawn(executor_, connection->run({}), std::move(ended));
    lease.link = std::make_unique<H2UpstreamLink>(connection, false, limits_.head_bytes);
    if (lease.dial.declared) shared_[lease.dial.declared].push_back({std::move(connection), lease.address});
}

void UpstreamPool::give_back(Lease lease) {
    if (!lease.h1 || !lease.dial.declared || !lease.h1->reusable()) return;
    auto& idle = idle_[lease.dial.declared];
    if (idle.size() >= idle_per_destination) return;
    lease.h1->rest();
    (void)lease.link.release();
    idle.push_back({H1UpstreamPtr(lease.h1), lease.address, Clock::now()});
}

void UpstreamPool::close_idle() {
    idle_.clear();
    for (auto& [destination, connections] : shared_)
        for (auto& one : connections) one.connection->drain();
}

}  // namespace bordergate
