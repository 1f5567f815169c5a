// The second attempt of a hedged exchange: whom it asks, what it sends, and what becomes of the two. Which of them wins is
// decided in hedge.cpp.
#include "proxy/exchange_aside.hpp"
#include "proxy/rejudgement.hpp"

namespace bordergate {

namespace {

bool serves(const ResponseHead& head) { return head.status < 500; }

// References in a checkpoint keep it from being assigned.
void swap_places(std::optional<Checkpoint>& one, std::optional<Checkpoint>& other) {
    std::optional<Checkpoint> kept(std::move(one));
    one.reset();
    if (other) one.emplace(std::move(*other));
    other.reset();
    if (kept) other.emplace(std::move(*kept));
}

}  // namespace

void Exchange::Aside::change_places(Exchange& exchange) {
    std::swap(attempt, exchange.attempt_);
    if (!elsewhere) return;
    std::swap(head, exchange.head_);
    candidates.swap(exchange.candidates_);
    swap_places(checkpoint, exchange.checkpoint_);
    std::swap(outlook, exchange.outlook_);
    std::swap(call, exchange.call_);
    std::swap(request, exchange.request_);
    std::swap(response, exchange.response_);
    treater.swap(exchange.treater_);
    std::swap(request_treatment, exchange.request_treatment_);
    prepared.swap(exchange.prepared_);
    std::swap(prepared_trailers, exchange.prepared_trailers_);
    std::swap(rewritten, exchange.rewritten_);
    request_type.swap(exchange.request_type_);
    request_coding.swap(exchange.request_coding_);
    shown_token.swap(exchange.shown_token_);
    judged.swap(exchange.judged_);
    std::swap(times, exchange.times_);
}

Status Exchange::Aside::allowed_by(const Equipment& later, const Exchange& exchange) const {
    if (!elsewhere) return {};
    return Rejudgement(later, *exchange.source_, exchange.route_, *request.destination)
        .allows(*checkpoint, exchange.endpoint_, attempt.findings, outlook, request, response);
}

/// The attempt that was made first: its request is sent, its answer is waited for.
class Exchange::FirstRunner final : public Runner {
  public:
    FirstRunner(UpstreamLink& link, std::chrono::milliseconds time, bool to_head_request) : link_(link), to_head_request_(to_head_request) { link_.allow(time); }
    Task<Status> run() override { return link_.receive(to_head_request_); }
    bool serves() const override { return bordergate::serves(link_.response()); }
    void cut() override { link_.abort(); }

  private:
    UpstreamLink& link_;
    bool to_head_request_;
};

/// The second one. While it lives the exchange's members are of this attempt, and what is of the first is set aside.
class Exchange::HedgeRunner final : public Runner {
  public:
    /// `tried`: the address that it is not to use. `meter`: of the destination that is too slow.
    HedgeRunner(Exchange& exchange, const boost::asio::ip::address& tried, Meter meter)
        : exchange_(exchange), tried_{tried}, meter_(meter), watched_(*exchange.watch_, [this] { cut(); }) {}

    Task<Status> run() override;
    bool serves() const override { return bordergate::serves(lease.link->response()); }
    void cut() override {
        halt_->say();
        if (lease.link) lease.link->abort();
    }

    Lease lease;
    bool intended = false;  ///< its intent was written: it needs an outcome
    bool left = false;      ///< some byte of it left

  private:
    Task<Status> dial();
    Task<Status> ask();
    Exchange& exchange_;
    std::vector<boost::asio::ip::address> tried_;
    Meter meter_;
    std::shared_ptr<Halt> halt_ = std::make_shared<Halt>();
    ExchangeWatch::Party watched_;
};

Task<Status> Exchange::HedgeRunner::run() {
    const Status dialled = co_await dial();
    if (dialled.has_error()) co_return dialled;
    const Status done = co_await ask();
    if (halt_->said()) co_return done;
    // Its destination's harbour is told at once: the other attempt may still take long.
    Turn spent;
    if (done.has_error())
        exchange_.note_ending(done.error(), *lease.link, lease, spent);
    else
        (void)note_answer(lease.link->response().status, lease.visit);
    co_return done;
}

Task<Status> Exchange::HedgeRunner::ask() {
    left = true;
    UpstreamLink& link = *lease.link;
    link.allow(exchange_.times_.body);
    const Status sent = co_await exchange_.send_request(link);
    if (sent.has_error()) co_return sent;
    link.allow(exchange_.times_.first_byte);
    co_return co_await link.receive(exchange_.head_.method == "HEAD");
}

/// As attempt_delivery() does it, but without waiting for a place or a name.
Task<Status> Exchange::HedgeRunner::dial() {
    const Status stopped = fault(Code::hedge_lost, "it was stopped before anything was sent");
    UpstreamPool& pool = exchange_.edition_->pool;
    Asking asking;
    asking.again = asking.at_once = true;
    asking.tried = tried_;
    const Dial where = exchange_.dial_to(*exchange_.request_.destination);
    auto leased = co_await pool.lease(where, asking);
    if (leased.has_error()) co_return leased.error();
    lease = std::move(*leased);
    lease.halt = halt_;
    if (!exchange_.aside_->elsewhere && lease.address.address() == tried_.front())
        co_return fault(Code::upstream_unreachable, "the destination has no other address");
    const Status outward = refuse_loop(*exchange_.worker_.own, lease.address);
    if (outward.has_error()) co_return outward;
    exchange_.attempt_.dialled(lease.address);
    meter_.count(&UpstreamMetrics::hedges);
    intended = true;
    const Status committed = co_await exchange_.attempt_.commit_intent();
    if (committed.has_error()) co_return committed;
    if (halt_->said()) co_return stopped;
    const Status connected = co_await pool.connect(lease);
    if (halt_->said()) co_return stopped;
    if (connected.has_error()) lease.visit.failed();
    co_return connected;
}

/// Only what a retry might repeat after it was sent, and once an exchange.
bool Exchange::hedges() const {
    if (hedged_ || !request_.destination->upstream.hedge || upgrades() || native_ || call_) return false;
    Turn lost;
    lost.ending = Turn::Ending::reset;
    return is_safe_to_repeat(lost);
}

/// Waits for the head of the answer, from `lease` or from a second attempt that then takes its place.
Task<Status> Exchange::receive_hedged(Lease& lease, Turn& turn) {
    const Destination& asked = *request_.destination;
    // So that a second attempt need not wait for a name.
    for (const auto* one : candidates_)
        if (one != &asked) edition_->pool.look_ahead(*one);
    FirstRunner first(*lease.link, times_.first_byte, head_.method == "HEAD");
    Race race(worker_.io.get_executor(), first, asked.upstream.hedge->after);
    std::unique_ptr<HedgeRunner> hedge;
    const Race::Second second = [this, &lease, &hedge]() -> Runner* {
        hedge = start_hedge(lease);
        return hedge.get();
    };
    co_await race.run(second);
    if (!hedge) co_return race.first().status;
    co_return settle_race(lease, turn, race, *hedge);
}

/// Null if there is no second attempt: then everything is as it was.
std::unique_ptr<Exchange::HedgeRunner> Exchange::start_hedge(const Lease& lease) {
    hedged_ = true;
    std::unique_ptr<HedgeRunner> made;
    try {
        made = make_hedge(lease);
    } catch (const std::exception&) {
        // The first goes on without one.
    }
    if (!made && aside_) {
        aside_->change_places(*this);
        aside_.reset();
    }
    return made;
}

/// At another address of the destination, else at the next one that may have it, if the budget has something left.
std::unique_ptr<Exchange::HedgeRunner> Exchange::make_hedge(const Lease& lease) {
    const Destination& slow = *request_.destination;
    Harbour* harbour = edition_->pool.harbour(slow);
    if (!harbour || watch_->ended() || judge_anew().has_error()) return nullptr;
    const auto& tried = lease.address.address();
    // The client's own credential goes out once.
    const bool elsewhere = attempt_.credentials_forwarded || !harbour->has_other(tried) || harbour->is_left_alone();
    if (elsewhere && !original_) return nullptr;
    aside_ = std::make_unique<Aside>(*this, elsewhere);
    aside_->change_places(*this);
    if (elsewhere && address_elsewhere(slow).has_error()) return nullptr;
    if (!harbour->may_hedge()) return nullptr;
    return std::make_unique<HedgeRunner>(*this, tried, harbour->meter());
}

/// Judges the request as it came, for the candidates after `slow`, and makes it ready for the first that may have it.
Status Exchange::address_elsewhere(const Destination& slow) {
    Fault why = fault(Code::upstream_timeout, "the destination did not answer within " + std::to_string(slow.upstream.hedge->after.count()) + " ms");
    candidates_ = aside_->candidates;
    leave_behind(slow);
    // Whoever would turn it away is passed over before anything is taken from the budget.
    std::erase_if(candidates_, [this](const Destination* one) {
        const Harbour* harbour = edition_->pool.harbour(*one);
        return harbour && harbour->is_left_alone();
    });
    if (candidates_.empty()) return why;
    attempt_.findings = {};
    attempt_.head_report = {};
    attempt_.credentials_forwarded = false;
    head_ = *original_;
    Status done = inspect_head();
    if (done.has_error()) return done;
    if (!analyses_ && asks_analysers()) return why;
    if (request_.plan == Plan::hold) {
        if (!is_held_) return why;
        done = classify();
        if (done.has_error()) return done;
    }
    if (must_be_whole() && !is_held_) return why;
    request_.asked = aside_->request.asked;
    request_.reroute = std::move(why);
    return address(*request_.destination);
}

/// Puts the winner in the exchange's and the lease's place, and records how the other one ended.
Status Exchange::settle_race(Lease& lease, Turn& turn, const Race& race, HedgeRunner& hedge) {
    Turn spent;  // of the loser: the turn is the winner's
    const bool won = race.second_won();
    if (won) {
        aside_->change_places(*this);
        if (race.first().cut && aside_->elsewhere && !watch_->ended()) lease.visit.outrun();
        const Fault ended = close_leg(race.first(), lease, spent);
        attempt_.conclude_beside(ended, true);
        if (Harbour* slow = edition_->pool.harbour(*request_.destination)) slow->meter().count(&UpstreamMetrics::hedges_won);
    } else if (hedge.intended) {
        const Fault ended = close_leg(race.second(), hedge.lease, spent);
        attempt_.conclude_beside(ended, hedge.left);
        if (!aside_->elsewhere) turn.tried.insert(turn.tried.end(), spent.tried.begin(), spent.tried.end());
    }
    aside_->change_places(*this);
    aside_.reset();
    if (!won) return race.first().status;
    lease.link->abort();
    lease = std::move(hedge.lease);
    lease.halt = nullptr;
    watch_->allow(longest(times_.total));
    return {};
}

/// Why one of the two ended that is not the winner; tells its destination's harbour what it showed.
Fault Exchange::close_leg(const Race::Leg& leg, Lease& lease, Turn& turn) {
    if (watch_->ended()) return *watch_->ended();
    const Fault lost = fault(Code::hedge_lost, "another attempt of this exchange was answered first");
    if (leg.cut) return lost;
    if (leg.status.has_error()) {
        if (lease.link) note_ending(leg.status.error(), *lease.link, lease, turn);
        return leg.status.error();
    }
    const unsigned status = lease.link->response().status;
    attempt_.answered(nullptr, status);
    (void)note_answer(status, lease.visit);
    return leg.good ? lost : fault(Code::upstream_unreachable, "the destination answered " + std::to_string(status));
}

}  // namespace bordergate
