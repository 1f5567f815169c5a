// What external analysers are asked in the course of an exchange. The filters never wait: the message, which is held for
// it, is gone through without effect to see which texts it has, those are sent, and only then it is judged and rewritten.
#include <algorithm>

#include "proxy/exchange.hpp"
#include "proxy/remote/analyser_errand.hpp"
#include "proxy/websocket_crossing.hpp"

namespace bordergate {

namespace {

/// Stands in for the masks and keys while a message is only gone through.
class Rehearsal final : public Treater {
  public:
    explicit Rehearsal(const MaskPaths& paths) : paths_(paths) {}
    Status mask(const Masking&, std::string_view, std::string&) override { return {}; }
    Status seal(const Cell&, const Sealing&, std::string_view, std::string&) override { return {}; }
    std::span<const JsonPath> subjects() const override { return paths_.subjects(); }

  private:
    const MaskPaths& paths_;
};

/// What an analyser finds can move where a long text is cut, and so what the next piece of it is.
constexpr int most_rounds = 32;

bool not_all_clear(const Judgement& judgement, ClassSet classes) { return (judgement.masked | judgement.sealed | judgement.refused).meets(classes); }

}  // namespace

/// Whether something that an analyser could find may not go in clear wherever this may go.
bool Exchange::asks_analysers() const {
    if (equipment_.analysed.empty() || request_.plan == Plan::pass) return false;
    return std::any_of(candidates_.begin(), candidates_.end(), [this](auto* one) { return not_all_clear(checkpoint_->judge(*one, equipment_.analysed), equipment_.analysed); });
}

bool Exchange::asks_of_answer() const { return response_.plan != Plan::pass && not_all_clear(response_.judgement, equipment_.analysed); }

/// Asks about every text that `go_through` comes by, until it comes by none that is not known. Meanwhile no body moves.
Task<Status> Exchange::learn(Analyses& analyses, const std::function<void()>& go_through) {
    const auto end = AnalyserErrand::Clock::now() + snapshot().timeouts.body;
    for (int round = 0; round < most_rounds; ++round) {
        analyses.collect();
        go_through();
        analyses.settle();
        if (analyses.missed()) co_return analyses.why();
        if (!analyses.asks()) co_return Status{};
        const bool counted = attempt_.residence.running();
        attempt_.residence.end();
        AnalyserErrand errand(worker_, *edition_, end);
        const ExchangeWatch::Party watched(*watch_, [&errand] { errand.stop(); });
        const Status answered = co_await errand.run(analyses);
        if (watch_->ended()) co_return *watch_->ended();
        if (answered.has_error()) co_return answered;
        if (counted) attempt_.residence.begin();
    }
    co_return fault(Code::analyser_failed, "what an analyser finds in the message changes where it is cut, again and again");
}

/// Has the request analysed, and judges its head again.
Task<Status> Exchange::analyse_request() {
    if (upgrades()) co_return unanalysed_session();
    if (outlook_.present() && outlook_.kind != BodyKind::opaque) {
        if (outlook_.stream) co_return fault(Code::opaque_refused, "the messages of a stream cannot be sent to an analyser, and what it would find in them may not cross in clear");
        Status read;
        if (!is_held_) read = co_await read_body();
        if (read.has_error()) co_return read;
    }
    const auto& limits = snapshot().limits;
    whole_texts_ = limits;
    whole_texts_->hold_back_bytes = std::max(limits.hold_back_bytes, limits.held_body_bytes);
    analyses_ = std::make_unique<Analyses>(snapshot().analysers, limits.held_body_bytes);
    const Ruling observed;
    const std::function<void()> go_through = [this, &observed] { go_through_request(observed, true); };
    const Status known = co_await learn(*analyses_, go_through);
    if (known.has_error()) co_return known;
    held_bytes_.set(held_.size() + analyses_->bytes());
    attempt_.findings = {};
    co_return inspect_head();
}

/// The texts that filters look at depend on the judgement (a declared value is one text): those of the judgement that was
/// reached are learnt before it is carried out.
Task<Status> Exchange::rehearse() {
    const std::function<void()> go_through = [this] { go_through_request(request_, false); };
    co_return co_await learn(*analyses_, go_through);
}

/// Shows the filters all of the request, without effect. What they refuse they will refuse again.
void Exchange::go_through_request(const Ruling& ruling, bool observe) {
    Findings unused;
    HeadReport ignored;
    Rehearsal rehearsal(equipment_.mask_paths);
    const Treatment watch = treatment(ruling, unused, &rehearsal, observe);
    RequestHead head = head_;
    (void)filter_head(head, watch, false, ignored);
    Fields trailers = held_trailers_;
    (void)filter_trailers(trailers, watch, false, ignored);
    if (!is_held_ || outlook_.kind == BodyKind::opaque) return;
    request_type_ = head_.fields.get("content-type").value_or("application/octet-stream");
    auto filter = make_body_filter(outlook_.kind, false, body_context(watch, false));
    std::string gone;
    if (filter.has_value()) (void)pass_through(**filter, held_, true, gone);
}

/// Treats trailers that came behind their body: what could not be asked of them with it is asked now.
Task<Status> Exchange::treat_late_trailers(Fields& trailers, const Treatment& treatment, HeadReport& report) {
    if (treatment.analyses) {
        const std::function<void()> go_through = [this, &trailers, &treatment] {
            Findings unused;
            HeadReport ignored;
            Rehearsal rehearsal(equipment_.mask_paths);
            Treatment watch = treatment;
            watch.findings = &unused;
            watch.treater = &rehearsal;
            Fields copy = trailers;
            (void)treat_trailers(copy, watch, ignored);
        };
        const Status known = co_await learn(*treatment.analyses, go_through);
        if (known.has_error()) co_return known;
    }
    co_return treat_trailers(trailers, treatment, report);
}

/// Trailers behind a body that is not read are judged for themselves: the ruling is of the head and the body, and says nothing
/// of what else could stand in them.
Task<Status> Exchange::treat_request_trailers(Fields& trailers) {
    if (outlook_.kind != BodyKind::opaque) co_return co_await treat_late_trailers(trailers, request_treatment_, attempt_.head_report);
    Ruling alone = request_;
    ClassSet could = equipment_.detectable;
    could.add(ClassTree::plain);
    could.add(ClassTree::opaque);
    alone.judgement = checkpoint_->judge(*request_.destination, could);
    const bool asks = not_all_clear(alone.judgement, equipment_.analysed);
    if (asks && !analyses_) analyses_ = std::make_unique<Analyses>(snapshot().analysers, snapshot().limits.held_body_bytes);
    const auto treater = make_treater(*request_.destination, attempt_.findings);
    treater->prepare_labels(alone.judgement);
    Treatment how = treatment(alone, attempt_.findings, treater.get(), false);
    if (!asks) how.analyses = nullptr;
    co_return co_await treat_late_trailers(trailers, how, attempt_.head_report);
}

Task<Status> Exchange::analyse_answer_head(const ResponseHead& head) {
    const auto& limits = snapshot().limits;
    whole_texts_ = limits;
    whole_texts_->hold_back_bytes = std::max(limits.hold_back_bytes, limits.held_body_bytes);
    answer_analyses_ = std::make_unique<Analyses>(snapshot().analysers, limits.held_body_bytes);
    response_treatment_.analyses = answer_analyses_.get();
    const std::function<void()> go_through = [this, &head] {
        Findings unused;
        HeadReport ignored;
        Rehearsal rehearsal(equipment_.mask_paths);
        Treatment watch = treatment(response_, unused, &rehearsal, false);
        watch.analyses = answer_analyses_.get();
        ResponseHead copy = head;
        (void)filter_head(copy, watch, false, ignored);
    };
    const Status known = co_await learn(*answer_analyses_, go_through);
    if (known.has_error()) co_return of_answer(known.error());
    co_return known;
}

/// Holds an answer, has it analysed, and hands on what `filter` makes of it.
Task<Status> Exchange::respond_analysed(const ResponseHead& head, BodyKind kind, Body& body, Transform& filter) {
    const auto raw = co_await read_answer(body, nullptr);
    if (raw.has_error()) co_return raw.error();
    HeldBytes held(worker_.overload);
    held.set(raw->size());
    const std::function<void()> go_through = [this, kind, &body, &raw, &held] {
        Findings unused;
        HeadReport ignored;
        Rehearsal rehearsal(equipment_.mask_paths);
        Treatment watch = response_treatment_;
        watch.findings = &unused;
        watch.treater = &rehearsal;
        Fields trailers = body.trailers();
        (void)filter_trailers(trailers, watch, false, ignored);
        auto again = make_body_filter(kind, true, body_context(watch, true));
        std::string gone;
        if (again.has_value()) (void)pass_through(**again, *raw, true, gone);
        held.set(raw->size() + answer_analyses_->bytes());
    };
    const Status known = co_await learn(*answer_analyses_, go_through);
    if (known.has_error()) co_return of_answer(known.error());
    std::string whole;
    const Status treated = pass_through(filter, *raw, true, whole);
    if (treated.has_error()) co_return of_answer(treated.error());
    co_return co_await respond_whole(head, whole, body.trailers());
}

}  // namespace bordergate
