// Delivery: lease, intent, request out. Every byte that leaves does so after its intent. The answer's way back
// is in exchange_answer.cpp.
#include <boost/asio/steady_timer.hpp>

#include "filters/ascii.hpp"
#include "filters/body/sealed_body.hpp"
#include "filters/detect/deep_scan.hpp"
#include "proxy/exchange.hpp"
#include "proxy/http/hop_by_hop.hpp"
#include "proxy/http/target.hpp"

namespace bordergate {

namespace asio = boost::asio;

/// The request body on its way while the answer is already being read. Owned by the exchange, which waits
/// for its end before it ends itself.
struct Exchange::Pump {
    explicit Pump(const asio::any_io_executor& executor) : ended(executor) { ended.expires_at(asio::steady_timer::time_point::max()); }
    asio::steady_timer ended;
    bool settled = false;  ///< all was sent, or it failed: nothing needs to be stopped
    bool done = false;     ///< its coroutine has ended
    Status status;
};

/// Marks could be anything that their digits say. What is found in them, in each by itself or in all as one run, is no gateway's.
Status Exchange::inspect_marks(const Destination& destination) const {
    if (passed_.empty()) return {};
    const auto judgement = checkpoint_->judge(destination, equipment_.detectable);
    std::string digits;
    for (const char c : passed_)
        if (hex_value(c) >= 0) digits += c;
    std::vector<Finding> found;
    deep_scan(equipment_.scanner, passed_, found);
    deep_scan(equipment_.scanner, digits, found);
    for (const auto& one : found) {
        const ClassSet said = one.data & equipment_.detectable;
        if (!said.empty() && judgement.lowest(said).form != Form::clear) return fault(Code::place_cannot_carry, "what CDN-Loop says is no mark of a gateway, and may not go in clear");
    }
    return {};
}

/// Rewrites head and held body into what may leave.
Status Exchange::prepare_request(const Destination& destination) {
    if (request_.plan != Plan::pass) {
        treater_ = make_treater(destination, attempt_.findings);
        treater_->prepare_labels(request_.judgement);
    }
    request_treatment_ = treatment(request_, attempt_.findings, treater_.get(), false);
    if (request_.plan == Plan::pass) request_treatment_.scanner = nullptr;
    const bool leaves = checkpoint_->leaves_standing(destination);
    Status done = filter_head(head_, request_treatment_, leaves, attempt_.head_report);
    if (done.has_error()) return done;
    done = filter_body();
    if (done.has_error()) return done;
    done = prepare_body();
    if (done.has_error()) return done;
    if (upgrades()) {
        done = prepare_upgrade();
        if (done.has_error()) return done;
    }
    // Only what can be read can be judged or restored on its way back.
    if (response_.plan != Plan::pass || treater_ || unseals()) head_.fields.set(native_ ? "grpc-accept-encoding" : "accept-encoding", "identity");
    if (!destination.id.empty()) {
        add_forwarding(destination, peer_, head_);
        const bool marked = (destination.forwarded & bit(Forwarding::loop)) != 0;
        if (marked) done = inspect_marks(destination);
        if (marked && done.has_value()) done = worker_.marks->add(passed_, head_.fields);
        if (done.has_error()) return done;
        HostPort authority{destination.host, destination.port};
        head_.scheme = destination.tls ? "https" : "http";
        head_.authority = canonical_authority(authority, head_.scheme);
        if (!destination.base_path.empty()) head_.path.insert(0, destination.base_path);
        done = authorize(destination);
        if (done.has_error()) return done;
    }
    return {};
}

/// Rewrites a held body into what may leave. It is kept as it came only while another destination may have to be asked.
Status Exchange::prepare_body() {
    if (!is_held_) return {};
    prepared_trailers_ = held_trailers_;
    if (prepared_trailers_.size() > 0) {
        const Status done = treat_trailers(prepared_trailers_, request_treatment_, attempt_.head_report);
        if (done.has_error()) return done;
    }
    rewritten_ = false;
    if (!request_filter_) return {};
    prepared_.clear();
    const Status done = pass_through(*request_filter_, held_, true, prepared_);
    if (done.has_error()) return done;
    request_filter_.reset();
    rewritten_ = true;
    if (!original_) held_ = std::string();
    return {};
}

/// The filter of the request's body, and what its head must then say.
Status Exchange::filter_body() {
    if (request_.plan == Plan::pass) return {};
    const ClassSet declared = checkpoint_->declared();
    if (head_.has_query && !head_.query.empty() && !declared.empty() && request_.judgement.lowest(declared).form != Form::clear)
        return fault(Code::place_cannot_carry, "every message of this source or route is declared, and a query can neither be masked nor sealed as a whole");
    if (!outlook_.present()) return {};
    const bool sealed = seals_whole(request_treatment_, whole_classes(outlook_.kind, declared));
    const auto coding = head_.fields.get("content-encoding");
    if (sealed && coding && !equal_fold(*coding, "identity"))
        return fault(Code::place_cannot_carry, "a body that must be sealed as a whole cannot have a content-encoding");
    request_type_ = head_.fields.get("content-type").value_or("application/octet-stream");
    auto filter = make_body_filter(outlook_.kind, false, body_context(request_treatment_, false));
    if (filter.has_error()) return filter.error();
    request_filter_ = std::move(*filter);
    if (sealed) head_.fields.set("content-type", sealed_content_type);
    return {};
}

Dial Exchange::dial_to(const Destination& destination) const {
    Dial dial = Dial::to(destination);
    dial.time = times_.connect;
    dial.client = peer_.address;
    if (!dial.declared) return dial;
    // Over HTTP/1.1 every upstream that speaks WebSocket can be asked for it.
    if (upgrades() && dial.protocols.http1) dial.protocols.http2 = false;
    dial.tls = equipment_.destination_tls[equipment_.index_of(destination)].get();
    return dial;
}

Task<Status> Exchange::attempt_delivery(Turn& turn) {
    turn.ending = Turn::Ending::final;
    attempt_.residence.end();
    const Dial dial = dial_to(*request_.destination);
    // A declared name is resolved ahead, so that one record carries the address; an undeclared one leaves
    // with the DNS query, so its intent comes first and `dialled` second.
    if (!dial.declared) {
        const Status intent = co_await attempt_.commit_intent();
        if (intent.has_error()) co_return intent;
        left_ = true;
    }
    const Asking asking{turn.fresh, turn.number > 0, turn.tried};
    auto leased = co_await edition_->pool.lease(dial, asking);
    if (leased.has_error()) {
        const bool elsewhere = leased.error().code != Code::address_refused;
        if (elsewhere) turn.ending = Turn::Ending::turned_away;
        co_return leased.error();
    }
    Lease lease = std::move(*leased);
    attempt_.dialled(lease.address);
    const Status outward = refuse_loop(*worker_.own, lease.address);
    if (outward.has_error()) co_return outward;
    // Two statements: GCC 12 destroys the result of a co_await inside a conditional expression twice.
    Status committed;
    if (dial.declared)
        committed = co_await attempt_.commit_intent();
    else
        committed = co_await attempt_.commit_dialled();
    if (committed.has_error()) co_return committed;
    // While it waited nothing could stop it: what must not go on ends before anything is sent.
    if (watch_->ended()) co_return *watch_->ended();
    Status connected;
    if (!lease.link) connected = co_await edition_->pool.connect(lease);
    if (connected.has_error()) {
        turn.ending = Turn::Ending::unconnected;
        turn.tried.push_back(lease.address.address());
        lease.visit.failed();
        co_return connected;
    }
    if (watch_->ended()) co_return *watch_->ended();
    left_ = true;
    attempt_.residence.begin();
    turn.visit = &lease.visit;
    turn_ = &turn;
    const Status done = co_await converse(lease, turn);
    turn_ = nullptr;
    turn.visit = nullptr;
    if (done.has_value()) {
        edition_->pool.give_back(std::move(lease));
        co_return done;
    }
    note_ending(done.error(), *lease.link, lease, turn);
    lease.link->abort();
    co_return done;
}

/// The request out, the answer back, until neither goes on.
Task<Status> Exchange::converse(Lease& lease, Turn& turn) {
    const ExchangeWatch::Party watched(*watch_, [&lease] { lease.link->interrupt(); });
    lease.link->allow(times_.body);
    Status done = co_await send_request(*lease.link);
    attempt_.residence.end();
    if (done.has_value()) {
        // The pump still uses this exchange and its lease: whatever happens, it is waited for first.
        try {
            done = co_await relay_response(lease, turn);
        } catch (const std::exception& failure) {
            done = fault(Code::internal, std::string("the answer could not be handled: ") + failure.what());
        }
    }
    if (!pump_) co_return done;
    // Whose failure it was is known before we stop the pump ourselves: that ends as if the client had gone.
    bool client_failed = pump_->settled && pump_->status.has_error() && info(pump_->status.error().code).side != Side::upstream;
    // The answer is over; whatever the client still sends has nowhere to go.
    if (!pump_->settled) {
        lease.link->abort();
        client_.stop_reading();
    }
    if (!pump_->done) co_await pump_->ended.async_wait(resumed);
    client_failed = client_failed || (pump_->status.has_error() && pump_->status.error().code == Code::client_timeout);
    // Whoever failed first says why: the upstream was cut off because of it.
    if (done.has_error() && client_failed && (!client_.responded() || done.error().code == Code::upstream_gone)) done = pump_->status;
    co_return done;
}

/// The next chunk if it comes soon enough for messages that wait for it. Nobody else waits meanwhile, so looking now and then
/// will do.
Task<std::optional<Result<Chunk>>> Exchange::next_in_dialogue(Body& body) {
    constexpr std::chrono::milliseconds longest_wait{500}, look_interval{5};
    const auto end = std::chrono::steady_clock::now() + longest_wait;
    for (;;) {
        auto here = body.ready();
        if (here || std::chrono::steady_clock::now() >= end) co_return here;
        co_await pause(look_interval);
    }
}

/// Gives the next piece of a body after its transform, and tells what that holds back. Goes on until there is something
/// to send.
Task<Status> Exchange::pull(Body& body, Transform* transform, HeldBytes& held, std::string& scratch, Chunk& chunk) {
    for (;;) {
        std::optional<Result<Chunk>> next;
        if (transform && transform->waits()) {
            next = co_await next_in_dialogue(body);
            if (!next) {
                scratch.clear();
                const Status hurried = transform->hurry(scratch);
                held.set(transform->held());
                chunk = {scratch, false};
                co_return hurried;
            }
        }
        if (!next) next = co_await body.next();
        if (next->has_error()) co_return next->error();
        chunk = **next;
        if (!transform) co_return Status{};
        scratch.clear();
        const Status fed = pass_through(*transform, chunk.bytes, chunk.last, scratch);
        held.set(transform->held());
        if (fed.has_error()) co_return fed;
        chunk.bytes = scratch;
        if (!scratch.empty() || chunk.last) co_return Status{};
    }
}

Task<Status> Exchange::send_request(UpstreamLink& upstream) {
    const Status made = sign_request();
    if (made.has_error()) co_return made;
    if (is_held_ || !outlook_.present()) {
        attempt_.sent += outgoing().size();
        const bool trailed = prepared_trailers_.size() > 0;
        if (upgrades()) co_return co_await upstream.send(head_, BodyLength::none(), outgoing(), false);
        const BodyLength length = trailed ? BodyLength::streamed() : BodyLength::exact(outgoing().size());
        const Status sent = co_await upstream.send(head_, length, outgoing(), !trailed);
        if (sent.has_error() || !trailed) co_return sent;
        co_return co_await upstream.end(prepared_trailers_);
    }
    Body& body = client_.request_body();
    // What is already here goes with the head in one write; often that is all.
    std::string first;
    Chunk chunk;
    auto here = body.ready();
    if (here) {
        if (here->has_error()) co_return here->error();
        chunk = **here;
        if (request_filter_) {
            const Status fed = pass_through(*request_filter_, chunk.bytes, chunk.last, first);
            if (fed.has_error()) co_return fed;
            chunk.bytes = first;
        }
    }
    const bool whole = chunk.last && body.trailers().size() == 0;
    BodyLength length = request_filter_ ? BodyLength::streamed() : client_.request_length();
    if (request_filter_ && whole) length = BodyLength::exact(chunk.bytes.size());
    attempt_.sent += chunk.bytes.size();
    const Status sent = co_await upstream.send(head_, length, chunk.bytes, whole);
    if (sent.has_error() || whole) co_return sent;
    if (chunk.last) {
        chunk.bytes = {};
        co_return co_await hand_on(upstream, body, chunk);
    }
    pump_ = std::make_shared<Pump>(worker_.io.get_executor());
    auto finished = [pump = pump_](std::exception_ptr failure) {
        if (failure) pump->status = fault(Code::internal, "the request pump failed");
        pump->done = true;
        pump->ended.cancel();
    };
    spawn(worker_.io, pump_request(upstream), std::move(finished));
    co_return sent;
}

/// Sends a piece of the request, and after the last one its trailers.
Task<Status> Exchange::hand_on(UpstreamLink& upstream, Body& body, Chunk chunk) {
    const bool trailed = chunk.last && body.trailers().size() > 0;
    Status moved = co_await upstream.write(chunk.bytes, chunk.last && !trailed);
    if (moved.has_error() || !trailed) co_return moved;
    Fields trailers = body.trailers();
    moved = co_await treat_request_trailers(trailers);
    if (moved.has_error()) co_return moved;
    co_return co_await upstream.end(trailers);
}

Status Exchange::treat_trailers(Fields& trailers, const Treatment& treatment, HeadReport& report) const {
    strip_forbidden_trailers(trailers);
    return filter_trailers(trailers, treatment, checkpoint_->leaves_standing(*request_.destination), report);
}

Task<void> Exchange::pump_request(UpstreamLink& upstream) {
    std::string scratch;
    for (;;) {
        Chunk chunk;
        Status moved = co_await pull(client_.request_body(), request_filter_.get(), held_bytes_, scratch, chunk);
        if (moved.has_value()) {
            attempt_.sent += chunk.bytes.size();
            moved = co_await hand_on(upstream, client_.request_body(), chunk);
        }
        pump_->settled = chunk.last || moved.has_error();
        if (moved.has_error()) {
            pump_->status = moved;
            // A request that stops half-way must not look whole to the upstream. If it was the upstream that
            // stopped reading, its answer is still wanted.
            if (info(moved.error().code).side != Side::upstream) upstream.abort();
            co_return;
        }
        if (chunk.last) co_return;
    }
}

}  // namespace bordergate
