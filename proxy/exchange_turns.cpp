// Whom to ask, and whom to ask next: other addresses of the same destination first, then the next lawful destination. A
// destination that fails changes nothing of the judgement: each further one is judged as if it alone had been asked for.
#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <charconv>

#include "proxy/exchange.hpp"
#include "proxy/websocket_crossing.hpp"

namespace bordergate {

namespace asio = boost::asio;

namespace {

bool is_idempotent(std::string_view method) {
    return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "PUT" || method == "DELETE" || method == "TRACE";
}

/// An answer of whoever stands before the service, or of a service that cannot serve.
bool is_unavailable(unsigned status) { return status == 502 || status == 503 || status == 504; }

/// What differs for one destination is put over what holds for all.
Timeouts times_for(const Timeouts& all, const UpstreamTimeouts& own) {
    Timeouts times = all;
    times.connect = own.connect.value_or(all.connect);
    times.first_byte = own.first_byte.value_or(all.first_byte);
    times.body = own.body.value_or(all.body);
    times.total = own.total.value_or(all.total);
    return times;
}

/// Seconds of a Retry-After; a date, or nonsense, is longer than anybody waits here.
std::chrono::seconds retry_after(const ResponseHead& head) {
    const auto value = head.fields.get("retry-after");
    if (!value) return std::chrono::seconds(0);
    unsigned seconds = 0;
    const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), seconds);
    return error == std::errc{} && end == value->data() + value->size() ? std::chrono::seconds(seconds) : std::chrono::hours(24);
}

}  // namespace

Task<Status> Exchange::deliver() {
    if (candidates_.size() > 1) original_ = head_;
    for (;;) {
        const Destination& asked = *request_.destination;
        Turn turn;
        const Status delivered = co_await deliver_to(asked, turn);
        if (delivered.has_value() || !watch_ || watch_->ended()) co_return delivered;
        if (!original_ || !is_safe_to_repeat(turn) || !is_named(turn, asked.upstream.retry)) co_return delivered;
        // Whom the law leaves out is not asked: then the failure itself is what the client is told.
        const Status turned = co_await turn_to_next(asked, delivered.error());
        if (turned.has_error()) co_return delivered;
    }
}

/// Judges the way home from `destination`, and makes the request ready for it.
Status Exchange::address(const Destination& destination) {
    auto home = checkpoint_->response(destination, is_plain_fetch(attempt_.findings, judged_outlook()));
    if (home.has_error()) return home.error();
    response_ = std::move(*home);
    if (upgrades() && asks_of_answer()) return unanalysed_session();
    const Status lawful = judge_anew();
    if (lawful.has_error()) return lawful;
    times_ = times_for(snapshot().timeouts, destination.upstream.timeouts);
    return prepare_request(destination);
}

/// Asks one destination, as often as it may be asked.
Task<Status> Exchange::deliver_to(const Destination& destination, Turn& turn) {
    Status ready;
    if (analyses_ && request_.plan != Plan::pass) ready = co_await rehearse();
    if (ready.has_error()) co_return ready;
    co_await await_token(destination);
    ready = address(destination);
    if (ready.has_error()) co_return ready;
    watch_->allow(longest(times_.total));
    Harbour* harbour = edition_->pool.harbour(destination);
    for (;;) {
        const Status delivered = co_await attempt_delivery(turn);
        if (delivered.has_value() || !watch_ || watch_->ended() || !is_safe_to_repeat(turn)) co_return delivered;
        if (turn.ending == Turn::Ending::raced && !turn.fresh) {
            // Not the destination's failure: it closed what nobody used.
            turn.fresh = true;
            continue;
        }
        turn.fresh = true;
        if (turn.ending == Turn::Ending::turned_away || !harbour || !is_named(turn, destination.upstream.retry)) co_return delivered;
        // The client's own credential goes out once; a connection closed while unused was no time.
        if (attempt_.credentials_forwarded && turn.ending != Turn::Ending::unconnected) co_return delivered;
        const bool granted = turn.ending == Turn::Ending::unavailable || harbour->may_retry(turn.number + 1);
        if (!granted) co_return delivered;
        ++turn.number;
        co_await pause(harbour->back_off(turn.number));
        // A reload may have made stricter rules meanwhile.
        const Status still = judge_anew();
        if (still.has_error()) co_return still;
    }
}

/// Takes `failed`, and whoever came before it, from those that may be asked.
void Exchange::leave_behind(const Destination& failed) {
    candidates_.erase(candidates_.begin(), std::find(candidates_.begin(), candidates_.end(), &failed) + 1);
}

/// Judges the candidates that are left as if they alone had been asked for. A fault: none of them may have it.
Task<Status> Exchange::turn_to_next(const Destination& failed, Fault why) {
    const Destination* asked = request_.asked;
    leave_behind(failed);
    if (candidates_.empty()) co_return why;
    // If nobody else may have it, the record tells of what the failed one was sent.
    const Ruling sent = request_;
    const Findings found = std::exchange(attempt_.findings, {});
    const HeadReport reported = std::exchange(attempt_.head_report, {});
    const bool forwarded = std::exchange(attempt_.credentials_forwarded, false);
    judged_ = nullptr;
    treater_.reset();
    request_filter_.reset();
    head_ = *original_;
    const Status next = co_await judge_next();
    if (next.has_error()) {
        request_ = sent;
        attempt_.findings = found;
        attempt_.head_report = reported;
        attempt_.credentials_forwarded = forwarded;
        co_return next;
    }
    attempt_.credentials_forwarded = forwarded;  // to the one before; it is true of the exchange
    if (Harbour* harbour = edition_->pool.harbour(failed)) harbour->meter().count(&UpstreamMetrics::failovers);
    request_.asked = asked;
    request_.reroute = std::move(why);
    co_return Status{};
}

/// Judges the request as it came, for the candidates that are left.
Task<Status> Exchange::judge_next() {
    Status done = keep_serving();
    if (done.has_error()) co_return done;
    done = inspect_head();
    if (done.has_error()) co_return done;
    co_return co_await examine();
}

/// What the end of an attempt says of the destination, and of repeating it.
void Exchange::note_ending(const Fault& failure, const UpstreamLink& upstream, Lease& lease, Turn& turn) const {
    if (watch_->ended()) return;  // we ended it, for a reason that is not the destination's
    turn.unprocessed = upstream.unprocessed();
    if (turn.ending == Turn::Ending::unavailable || upstream.answered() || info(failure.code).side != Side::upstream) return;
    if (failure.code == Code::upstream_gone) turn.ending = upstream.reused() || turn.unprocessed ? Turn::Ending::raced : Turn::Ending::reset;
    if (failure.code == Code::upstream_timeout) turn.ending = Turn::Ending::timed_out;
    if (turn.ending == Turn::Ending::raced) return;
    lease.visit.failed();
    turn.tried.push_back(lease.address.address());
}

/// Nothing was sent yet; or it can be sent again as it was, and doing it twice is doing it once (RFC 9110, 9.2.2).
bool Exchange::is_safe_to_repeat(const Turn& turn) const {
    if (client_.responded()) return false;
    switch (turn.ending) {
        case Turn::Ending::final: return false;
        case Turn::Ending::turned_away:
        case Turn::Ending::unconnected: return true;
        default: break;
    }
    const bool replayable = !outlook_.present() || is_held_;
    return replayable && (is_idempotent(head_.method) || turn.unprocessed);
}

bool Exchange::is_named(const Turn& turn, const RetrySettings& settings) const {
    switch (turn.ending) {
        case Turn::Ending::turned_away: return true;
        case Turn::Ending::unconnected: return settings.connect;
        case Turn::Ending::raced:
        case Turn::Ending::reset: return settings.reset;
        case Turn::Ending::timed_out: return settings.timeout;
        case Turn::Ending::unavailable: return settings.unavailable;
        case Turn::Ending::final: break;
    }
    return false;
}

/// Tells the destination's harbour how it answers. True if nothing stands behind what answered.
bool Exchange::note_answer(unsigned status, Visit& visit) {
    const bool unavailable = is_unavailable(status);
    if (unavailable)
        visit.failed();
    else
        visit.succeeded();
    return unavailable;
}

/// True if the answer is not handed on, since the request is repeated.
bool Exchange::gives_up_answer(const ResponseHead& head) {
    const bool unavailable = note_answer(head.status, *turn_->visit);
    const auto& settings = request_.destination->upstream.retry;
    Harbour* harbour = edition_->pool.harbour(*request_.destination);
    if (!unavailable || !settings.unavailable || !harbour || retry_after(head) > settings.longest_back_off) return false;
    Turn wanted;
    wanted.ending = Turn::Ending::unavailable;
    if (!is_safe_to_repeat(wanted) || attempt_.credentials_forwarded || !harbour->may_retry(turn_->number + 1)) return false;
    turn_->ending = Turn::Ending::unavailable;
    return true;
}

Task<void> Exchange::pause(std::chrono::milliseconds time) {
    if (time.count() == 0) co_return;
    asio::steady_timer timer(worker_.io, time);
    co_await timer.async_wait(resumed);
}

}  // namespace bordergate
