#include "proxy/upstream/pool.hpp"

#include <algorithm>
#include <boost/asio/write.hpp>
#include <random>

#include "proxy/net/addresses.hpp"
#include "proxy/net/proxy_protocol.hpp"

namespace bordergate {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

/// A connection idle for longer is looked at before it is used: upstreams close without a word.
constexpr std::chrono::milliseconds trusted_idle{250};

/// Cancels whatever uses a socket when its time is over, or when `halt` (may be null) is said.
class CancelAfter final : private Deadline {
  public:
    CancelAfter(Deadlines& deadlines, std::chrono::milliseconds time, std::shared_ptr<Halt> halt, std::function<void()> cancel)
        : Deadline(deadlines), halt_(std::move(halt)), cancel_(std::move(cancel)) {
        set(time);
        if (halt_) halt_->on_said(cancel_);
    }
    ~CancelAfter() override {
        if (halt_) halt_->on_said({});
    }
    using Deadline::has_expired;

  private:
    void on_expired() override { cancel_(); }
    std::shared_ptr<Halt> halt_;
    std::function<void()> cancel_;
};

Fault none_free() { return fault(Code::overloaded, "the destination has all that it may have"); }

Fault unreachable(const Dial& dial, const std::string& why) {
    return fault(Code::upstream_unreachable, "cannot reach " + dial.host + ": " + why);
}

}  // namespace

Dial Dial::to(const Destination& destination) {
    Dial dial;
    dial.host = destination.host;
    dial.port = destination.port;
    dial.allow_private = destination.allow_private_address;
    dial.proxy_protocol = destination.proxy_protocol;
    if (destination.id.empty()) return dial;
    dial.declared = &destination;
    dial.protocols = destination.protocols;
    return dial;
}

UpstreamPool::UpstreamPool(const Means& means, const Snapshot& snapshot)
    : means_(means), snapshot_(snapshot), names_(std::make_shared<Names>(means_.executor, make_resolver(means_.executor, snapshot.dns), snapshot.dns)) {
    std::random_device seed;
    for (const auto& one : snapshot.destinations) moor(one, means_.metrics ? Meter(*means_.metrics, *means_.families, means_.worker, one.id) : Meter{}, seed());
    for (const auto& one : snapshot.analysers) moor(one.at, Meter{}, seed());
}

/// Makes a place for the connections of `destination`.
void UpstreamPool::moor(const Destination& destination, const Meter& meter, std::uint32_t seed) {
    auto quay = std::make_shared<Quay>();
    ErrorCode unreadable;
    const auto numeric = asio::ip::make_address(destination.host, unreadable);
    if (!unreadable) quay->numeric.push_back(numeric);
    quay->harbour = std::make_shared<Harbour>(means_.executor, destination.id, destination.upstream, means_.crew, meter, seed);
    quays_[&destination] = std::move(quay);
}

UpstreamPool::~UpstreamPool() {
    for (auto& [destination, quay] : quays_)
        for (auto& one : quay->shared) one.connection->close();
}

Harbour* UpstreamPool::harbour(const Destination& destination) {
    const auto quay = quays_.find(&destination);
    return quay == quays_.end() ? nullptr : quay->second->harbour.get();
}

Task<Result<UpstreamPool::Addresses>> UpstreamPool::resolve(const Dial& dial) {
    auto found = co_await names_->addresses(dial.host, dial.time);
    if (found.has_value()) co_return found;
    Fault failed = found.error();
    failed.detail = "cannot reach " + dial.host + ": " + failed.detail;
    co_return failed;
}

/// Judges every address and pins one of those that may be dialled.
Result<UpstreamPool::Endpoint_> UpstreamPool::pin(const Dial& dial, const Addresses& resolved, const Asking& asking, Quay* quay) {
    const auto may_be_dialled = [&](const auto& one) { return dial.allow_private || is_public(one); };
    Addresses some;
    std::span<const boost::asio::ip::address> addresses = resolved;
    if (!std::all_of(resolved.begin(), resolved.end(), may_be_dialled)) {
        std::copy_if(resolved.begin(), resolved.end(), std::back_inserter(some), may_be_dialled);
        addresses = some;
    }
    if (addresses.empty())
        return fault(Code::address_refused, dial.host + " resolves only to private or special addresses, which this destination may not have");
    if (!quay) return Endpoint_(addresses.front(), dial.port);
    return Endpoint_(quay->harbour->choose(addresses, asking.tried), dial.port);
}

bool UpstreamPool::lease_stream(Quay& quay, Lease& lease) {
    if (!lease.dial.protocols.http2) return false;
    for (const auto& one : quay.shared) {
        if (one.address != lease.address || one.connection->lost() || !one.connection->session().has_room()) continue;
        lease.link = std::make_unique<H2UpstreamLink>(one.connection, true, snapshot_.limits.head_bytes);
        lease.use = one.use;
        return true;
    }
    return false;
}

bool UpstreamPool::lease_idle(Quay& quay, Lease& lease) {
    for (;;) {
        const auto last = std::find_if(quay.idle.rbegin(), quay.idle.rend(), [&](const Idle& one) { return one.address == lease.address; });
        if (last == quay.idle.rend()) return false;
        Idle taken = std::move(*last);
        quay.idle.erase(std::next(last).base());
        const auto age = Clock::now() - taken.since;
        if (age > quay.harbour->settings().pool.idle_time || (age > trusted_idle && !taken.link->still_idle())) continue;
        taken.link->start(true);
        lease.mark = std::move(taken.mark);
        lease.h1 = taken.link.get();
        lease.link = std::move(taken.link);
        return true;
    }
}

/// Waits for a place among the connections.
Task<Status> UpstreamPool::wait_for_connection(Quay& quay) {
    make_room(quay);
    const Status waited = co_await quay.harbour->connections().take();
    if (waited.has_value()) co_return waited;
    quay.harbour->meter().count(&UpstreamMetrics::refused);
    co_return fault(Code::overloaded, "the destination has all the connections it may have: " + waited.error().detail);
}

/// A shared connection that nobody uses gives up its place.
void UpstreamPool::make_room(Quay& quay) {
    const auto unused = std::find_if(quay.shared.begin(), quay.shared.end(), [](const Shared& one) { return one.use.use_count() == 1; });
    if (unused == quay.shared.end()) return;
    unused->connection->drain();
    quay.shared.erase(unused);
}

// What need not wait is done here, without a coroutine of its own: this is on the way of every request.
Task<Result<Lease>> UpstreamPool::lease(Dial dial, Asking asking) {
    // A connection that told one client's address is not another's.
    if (dial.proxy_protocol != ProxyProtocol::off) asking.fresh = true;
    Lease lease;
    lease.dial = dial;
    Quay* quay = nullptr;
    if (dial.declared) {
        quay = quays_.at(dial.declared).get();
        if (!quay->harbour->try_place()) {
            if (asking.at_once) co_return none_free();
            const Status placed = co_await quay->harbour->wait_for_place();
            if (placed.has_error()) co_return placed.error();
        }
        auto admitted = quay->harbour->admit(asking.again);
        if (admitted.has_error()) co_return admitted.error();
        lease.visit = std::move(*admitted);
    }
    const Addresses* addresses = quay && !quay->numeric.empty() ? &quay->numeric : names_->known(dial.host);
    Addresses asked_for;
    if (!addresses) {
        if (asking.at_once) co_return unreachable(dial, "its name is not known yet");
        auto found = co_await resolve(dial);
        if (found.has_error()) {
            lease.visit.failed();
            co_return found.error();
        }
        asked_for = std::move(*found);
        addresses = &asked_for;
    }
    const auto pinned = pin(dial, *addresses, asking, quay);
    if (pinned.has_error()) co_return pinned.error();
    lease.address = *pinned;
    if (!quay) co_return lease;
    lease.visit.at(lease.address.address());
    if (!asking.fresh && lease_stream(*quay, lease)) co_return lease;
    if (!quay->harbour->connections().try_take()) {
        if (asking.at_once) co_return none_free();
        const Status waited = co_await wait_for_connection(*quay);
        if (waited.has_error()) co_return waited.error();
    }
    lease.place = ConnectionPlace(quay->harbour);
    if (asking.fresh) co_return lease;
    // While it waited, a connection may have been made that it can share.
    if (lease_stream(*quay, lease))
        lease.place = ConnectionPlace();
    else
        (void)lease_idle(*quay, lease);
    co_return lease;
}

void UpstreamPool::look_ahead(const Destination& destination) {
    const auto quay = quays_.find(&destination);
    if (quay != quays_.end() && quay->second->numeric.empty()) (void)names_->known(destination.host);
}

Task<Result<StreamPtr>> UpstreamPool::connect_stream(const Lease& lease) {
    Socket socket(means_.executor);
    CancelAfter limit(means_.deadlines, lease.dial.time, lease.halt, [&socket] {
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
    const auto header = proxy_header(lease.dial.proxy_protocol, lease.dial.client, lease.address);
    if (!header.empty()) {
        auto [unsent, size] = co_await asio::async_write(socket, asio::buffer(header), resumed);
        if (unsent) co_return unreachable(lease.dial, unsent.message());
    }
    if (!lease.dial.tls) co_return std::make_unique<Stream>(std::move(socket));
    StreamPtr stream = lease.dial.tls->stream(std::move(socket), lease.dial.protocols);
    Stream* raw = stream.get();
    CancelAfter handshake(means_.deadlines, lease.dial.time, lease.halt, [raw] { raw->close(); });
    const ErrorCode refused = co_await stream->open();
    if (handshake.has_expired()) co_return fault(Code::upstream_timeout, "the TLS handshake with " + lease.dial.host + " took too long");
    if (refused) co_return unreachable(lease.dial, "the TLS handshake failed; its certificate must be valid for that name");
    co_return stream;
}

Task<Status> UpstreamPool::connect(Lease& lease) {
    if (lease.link) co_return Status{};
    Meter meter;
    if (lease.dial.declared) {
        // Whoever holds a place may dial; what nobody uses makes room for it.
        Quay& quay = *quays_.at(lease.dial.declared);
        const auto& places = quay.harbour->connections();
        while (!quay.idle.empty() && places.taken() + quay.idle.size() > places.places()) quay.idle.pop_front();
        meter = quay.harbour->meter();
    }
    auto stream = co_await connect_stream(lease);
    if (stream.has_error()) co_return stream.error();
    // Over TLS both sides agreed on a version; without, the destination's own word decides.
    const bool http2 = lease.dial.tls ? (*stream)->protocol() == "h2" : lease.dial.protocols.http2;
    if (lease.dial.tls && !http2 && !lease.dial.protocols.http1) co_return unreachable(lease.dial, "it does not speak HTTP/2");
    lease.mark = OpenMark(meter);
    if (http2) {
        share(lease, std::move(*stream));
        co_return Status{};
    }
    auto link = std::make_unique<H1UpstreamLink>(std::move(*stream), means_.buffers, means_.deadlines, snapshot_.limits.head_bytes);
    link->start(false);
    lease.h1 = link.get();
    lease.link = std::move(link);
    co_return Status{};
}

void UpstreamPool::share(Lease& lease, StreamPtr stream) {
    H2Bounds bounds;
    bounds.head_bytes = snapshot_.limits.head_bytes;
    bounds.streams = 0;  // nobody pushes
    H2Surroundings around{means_.executor, &means_.buffers, &means_.deadlines, snapshot_.timeouts};
    const bool shareable = lease.dial.declared && lease.dial.proxy_protocol == ProxyProtocol::off;
    const auto found = shareable ? quays_.find(lease.dial.declared) : quays_.end();
    const std::shared_ptr<Quay> quay = found == quays_.end() ? nullptr : found->second;
    // One that nobody shares is of no use once its request is over.
    around.timeouts.idle = quay ? quay->harbour->settings().pool.idle_time : std::chrono::seconds(1);
    auto connection = std::make_shared<H2Connection>(H2Session::Role::client, std::move(stream), bounds, std::move(around));
    lease.link = std::make_unique<H2UpstreamLink>(connection, false, snapshot_.limits.head_bytes);
    if (quay) {
        auto use = std::make_shared<char>();
        lease.use = use;
        quay->shared.push_back({connection, lease.address, std::move(lease.place), std::move(lease.mark), std::move(use)});
    }
    // The connection may outlive this pool.
    auto ended = [connection, home = std::weak_ptr(quay)](std::exception_ptr failure) {
        if (failure) connection->close();
        if (const auto berth = home.lock()) std::erase_if(berth->shared, [&](const Shared& one) { return one.connection == connection; });
    };
    spawn(means_.executor, connection->run({}), std::move(ended));
}

void UpstreamPool::give_back(Lease lease) {
    if (!lease.h1 || !lease.dial.declared || !lease.h1->reusable() || lease.dial.proxy_protocol != ProxyProtocol::off) return;
    Quay& quay = *quays_.at(lease.dial.declared);
    const auto most = quay.harbour->settings().pool.idle;
    if (most == 0) return;
    if (quay.idle.size() >= most) quay.idle.pop_front();
    lease.h1->rest();
    (void)lease.link.release();
    quay.idle.push_back({H1UpstreamPtr(lease.h1), std::move(lease.mark), lease.address, Clock::now()});
}

void UpstreamPool::close_overdue() {
    const auto now = Clock::now();
    for (auto& [destination, quay] : quays_)
        while (!quay->idle.empty() && now - quay->idle.front().since > quay->harbour->settings().pool.idle_time) quay->idle.pop_front();
}

void UpstreamPool::close_idle() {
    for (auto& [destination, quay] : quays_) {
        quay->idle.clear();
        for (auto& one : quay->shared) one.connection->drain();
    }
}

}  // namespace bordergate
