// The one pass: head, source, candidates, judgement, body, intent, delivery, answer, outcome. Delivery is
// in exchange_delivery.cpp.
#include "proxy/exchange_aside.hpp"

#include <algorithm>

#include "filters/dialect/endpoint_path.hpp"
#include "filters/dialect/grpc.hpp"
#include "proxy/candidates.hpp"
#include "proxy/http/hop_by_hop.hpp"
#include "proxy/rejudgement.hpp"
#include "proxy/tunnel.hpp"

namespace bordergate {

namespace {

/// How often what goes on is judged again although the configuration is the same.
constexpr std::chrono::seconds rejudging_interval{60};

bool is_lost_connection(Code code) {
    return code == Code::client_gone || code == Code::client_timeout || code == Code::upstream_gone || code == Code::upstream_timeout;
}

}  // namespace

Exchange::Exchange(Worker& worker, ClientLink& client, Arrival arrival)
    : worker_(worker),
      edition_(worker.edition),
      equipment_(*edition_->equipment),
      client_(client),
      head_(client.request()),
      arrival_(arrival),
      attempt_(worker, equipment_, client.peer(), head_),
      peer_(client.peer()),
      held_bytes_(worker.overload) {}

Exchange::~Exchange() = default;

Task<void> Exchange::run() {
    attempt_.residence.begin();
    native_ = native_dialect(head_);
    watch_.emplace(worker_.deadlines, client_, longest(snapshot().timeouts.total), [this] { return judge_anew(); });
    Status passed = co_await pass();
    // What the watch ended failed with a lost connection; why is what the client and the record are told.
    if (passed.has_error() && watch_ && watch_->ended() && is_lost_connection(passed.error().code)) passed = *watch_->ended();
    watch_.reset();
    if (passed.has_value()) {
        attempt_.conclude(nullptr, false);
        co_return;
    }
    const Fault& failure = passed.error();
    const bool left = client_.responded() || left_;
    if (!parted_) co_await refuse(failure);
    if (source_) {
        attempt_.conclude(&failure, left);
    } else {
        worker_.tally.count(failure.code);
        worker_.count(worker_.traffic.refusals, static_cast<std::size_t>(failure.code));
    }
}

/// How long the exchange may take: what the configuration allows, and no longer than a gRPC client waits.
std::chrono::milliseconds Exchange::longest(std::chrono::milliseconds allowed) const {
    const auto stated = native_ ? head_.fields.get("grpc-timeout") : std::nullopt;
    const auto wanted = stated ? grpc_timeout(*stated) : std::nullopt;
    return wanted ? std::min(allowed, std::chrono::ceil<std::chrono::milliseconds>(*wanted)) : allowed;
}

/// Each step either goes on or names its fault; run() turns a fault into what the client sees.
Task<Status> Exchange::pass() {
    Status done = shed();
    if (done.has_error()) co_return done;
    done = identify();
    if (done.has_error()) co_return done;
    done = admit();
    if (done.has_error()) co_return done;
    done = find_candidates();
    if (done.has_error()) co_return done;
    done = inspect_head();
    if (done.has_error()) co_return done;
    if (head_.method == "CONNECT") {
        co_return co_await open_tunnel();
    }
    done = co_await examine();
    if (done.has_error()) co_return done;
    co_return co_await deliver();
}

/// Reads what must be known before it is certain where the message may go: what analysers say of it, and its body.
Task<Status> Exchange::examine() {
    Status done;
    if (!analyses_ && asks_analysers()) done = co_await analyse_request();
    if (done.has_error()) co_return done;
    const bool holds = request_.plan == Plan::hold && !upgrades();
    if (!is_held_ && (holds || must_be_whole())) done = co_await read_body();
    if (done.has_error() || !holds) co_return done;
    co_return classify();
}

/// Nothing in a tunnel can be looked at, in either direction: both must be lawful as they are.
Task<Status> Exchange::open_tunnel() {
    const Destination& destination = *request_.destination;
    auto home = checkpoint_->response(destination, false);
    if (home.has_error()) co_return home.error();
    response_ = std::move(*home);
    if (response_.judgement.lowest(ClassSet{ClassTree::opaque}).form != Form::clear)
        co_return fault(Code::response_refused, "what comes back through a tunnel cannot be inspected, and no permit lets that reach source " + source_->id);
    watch_->lift_total();
    Tunnel::Route way{destination, peer_.address, destination.upstream.timeouts.connect.value_or(snapshot().timeouts.connect)};
    Tunnel tunnel(worker_, *edition_, client_, attempt_, *watch_, way);
    const Status ended = co_await tunnel.run();
    left_ = tunnel.left();
    co_return ended;
}

/// What would only make things worse does not begin.
Status Exchange::shed() {
    const auto reason = worker_.overload.sheds(snapshot().limits);
    if (!reason) return {};
    worker_.count(worker_.traffic.shed, static_cast<std::size_t>(*reason));
    return fault(Code::overloaded, *reason == Overload::Reason::held ? "the bodies that are held fill limits.held_total" : "this Bordergate holds as much memory as limits.memory lets it");
}

Status Exchange::identify() {
    const Status told = believe_hops(*arrival_.listener, head_.fields, peer_);
    if (told.has_error()) return told;
    if (!arrival_.listener->trusted_hops.empty()) attempt_.comes_from(peer_.address.address());
    const bool forward = arrival_.listener->mode == Listener::Mode::forward;
    const auto found = equipment_.sources.identify(peer_, head_, forward, credential_, worker_.tokens);
    if (found.has_error()) return found.error();
    source_ = *found;
    attempt_.identified(*source_);
    auto passed = worker_.marks->read(head_.fields);
    if (passed.has_error()) return passed.error();
    passed_ = std::move(*passed);
    return fix_purpose();
}

/// How often a source may ask, and how much of it may be under way at once.
Status Exchange::admit() {
    const auto reached = equipment_.quotas->admit(equipment_.index_of(*source_), worker_.index, std::chrono::steady_clock::now(), admission_);
    if (!reached) return {};
    worker_.count(worker_.traffic.quota_refusals, static_cast<std::size_t>(reached->limit));
    const bool rate = reached->limit == SourceQuotas::Limit::rate;
    Fault refused = fault(Code::rate_limited, "source " + source_->id + (rate ? " asks more often than its limit allows" : " has as many requests under way as its limit allows"));
    refused.retry_after = reached->retry_after;
    return refused;
}

/// A request may say which of its source's purposes it serves; it is told to nobody else.
Status Exchange::fix_purpose() {
    constexpr std::string_view field = "bordergate-purpose";
    purposes_ = source_->purposes;
    if (head_.fields.count(field) == 0) return {};
    const auto stated = *head_.fields.get(field);
    const auto known = find_purpose(stated);
    if (head_.fields.count(field) > 1 || !known)
        return fault(Code::framing_invalid, "bordergate-purpose must name one purpose: inference, training, fine_tuning, retrieval or evaluation");
    purposes_ &= bit(*known);
    if (purposes_ == 0) return fault(Code::no_permit, "source " + source_->id + " has no purpose " + std::string(stated));
    head_.fields.erase(field);
    return {};
}

Status Exchange::find_candidates() {
    auto derived = derive_candidates(snapshot(), *arrival_.listener, head_, arrival_.absolute);
    if (derived.has_error()) return derived.error();
    route_ = derived->route;
    candidates_ = std::move(derived->destinations);
    undeclared_ = std::move(derived->undeclared);
    attempt_.routed(route_);
    dialect_ = &dialect(candidates_.front()->dialect);
    endpoint_ = dialect_->endpoint(head_.method, head_.path);
    if (endpoint_ && endpoint_->session != upgrades()) endpoint_ = nullptr;
    const Status upgrade = upgrades() ? take_upgrade() : Status{};
    strip_hop_by_hop(head_.fields);
    return upgrade.has_error() ? upgrade : keep_serving();
}

/// Where the head names the model, only destinations that serve it are candidates.
Status Exchange::keep_serving() {
    if (!endpoint_) return {};
    const auto named = model_in_head(*endpoint_, head_.path, head_.query);
    const bool choose = std::any_of(candidates_.begin(), candidates_.end(), [](auto* one) { return !one->models.empty(); });
    if (named.has_error()) return choose ? Status(named.error()) : Status{};
    if (!*named) return {};
    const std::string& model = attempt_.findings.model = **named;
    std::erase_if(candidates_, [&](const Destination* one) { return !serves_model(*one, model); });
    if (!candidates_.empty()) return {};
    return fault(Code::model_not_served, model.empty() ? "the request names no model" : "no destination of this route serves the model that the request names");
}

/// An exchange that goes on beyond `reload.grace` after a reload is judged by the rules that hold now. What they allow in
/// the same form goes on; where they are stricter it ends.
Status Exchange::judge_anew() {
    const EditionPtr now = worker_.edition;
    if (by_message_) return {};  // each message is judged by the rules of its moment
    if (!request_.destination || !response_.destination) return {};
    // Rules have dates: the same ones may say something else after a while.
    const auto instant = std::chrono::steady_clock::now();
    const bool known = now == edition_ || now == judged_;
    if (known ? instant - judged_at_ < rejudging_interval : instant - now->since < now->snapshot().reload.grace) return {};
    judged_at_ = instant;
    const Status allowed = judge_by(*now->equipment);
    if (allowed.has_value()) judged_ = now;
    return allowed;
}

/// Whether what is under way may go on by `later` rules: both, where a second attempt was made beside the first.
Status Exchange::judge_by(const Equipment& later) const {
    const Rejudgement judged(later, *source_, route_, *request_.destination);
    const Status allowed = judged.allows(*checkpoint_, endpoint_, attempt_.findings, judged_outlook(), request_, response_);
    return allowed.has_value() && aside_ ? aside_->allowed_by(later, *this) : allowed;
}

/// Judges at the head. Where everything may pass in clear, nothing needs to be looked at.
Status Exchange::inspect_head() {
    checkpoint_.emplace(snapshot(), *source_, route_, candidates_, equipment_.detectable, endpoint_,
                        wall_clock_us() / 1'000'000, purposes_);
    if (!issuer_) issuer_ = candidates_.front();
    checkpoint_->presume_issuer(issuer_);
    attempt_.serves(checkpoint_->purposes());
    call_ = equipment_.grpc.call(route_, head_.path);
    outlook_.kind = head_.method == "CONNECT" ? BodyKind::opaque
                                              : body_kind(head_.fields, client_.request_length().present() && !upgrades(), call_);
    outlook_.stream = outlook_.kind == BodyKind::grpc && call_->method->client_streaming;
    if (outlook_.kind == BodyKind::grpc) request_coding_ = message_coding(head_.fields);
    if (outlook_.kind == BodyKind::sse || outlook_.kind == BodyKind::aws_events) outlook_.kind = BodyKind::opaque;  // events are an answer's
    auto ruling = checkpoint_->at_head(Findings{}, outlook_);
    if (ruling.has_error() || ruling->plan != Plan::pass || !ruling->classes.covers(equipment_.detectable)) {
        Ruling observed;
        const Treatment watch = treatment(observed, attempt_.findings, nullptr, true);
        const bool leaves = std::all_of(candidates_.begin(), candidates_.end(), [this](auto* one) { return checkpoint_->leaves_standing(*one); });
        observe_head(head_, watch, leaves);
        if (analyses_ && analyses_->missed()) return analyses_->why();
        ruling = checkpoint_->at_head(attempt_.findings, outlook_);
    }
    if (ruling.has_value() && upgrades()) ruling = rule_upgrade();
    if (ruling.has_error()) return ruling.error();
    request_ = std::move(*ruling);
    attempt_.ruled(request_);
    return {};
}

/// Plan `hold`: the body is kept until it is known what it carries and whom it names. Or until its hash is signed.
Task<Status> Exchange::read_body() {
    is_held_ = true;
    attempt_.residence.end();
    const auto limit = snapshot().limits.held_body_bytes;
    for (bool last = false; !last;) {
        const auto chunk = co_await client_.request_body().next();
        if (chunk.has_error()) co_return chunk.error();
        if (held_.size() + chunk->bytes.size() > limit)
            co_return fault(Code::body_too_large, std::string("the body must be held to be ") + (must_be_whole() ? "signed" : "classified") + " and is longer than " +
                                                      std::to_string(limit) + " bytes");
        held_.append(chunk->bytes);
        held_bytes_.set(held_.size());
        last = chunk->last;
    }
    attempt_.residence.begin();
    held_trailers_ = client_.request_body().trailers();
    co_return Status{};
}

/// Judges again, now that all of the message is known.
Status Exchange::classify() {
    Findings found = attempt_.findings;
    Ruling observed;
    const Treatment watch = treatment(observed, found, nullptr, true);
    HeadReport ignored;
    (void)filter_trailers(held_trailers_, watch, false, ignored);  // observing changes and refuses nothing
    if (outlook_.kind == BodyKind::opaque) {
        found.classes.add(ClassTree::opaque);
    } else {
        request_type_ = head_.fields.get("content-type").value_or("application/octet-stream");
        auto classifier = make_body_filter(outlook_.kind, false, body_context(watch, false));
        if (classifier.has_error()) return classifier.error();
        std::string unchanged;
        const Status read = pass_through(**classifier, held_, true, unchanged);
        if (read.has_error()) return read;
    }
    if (analyses_ && analyses_->missed()) return analyses_->why();
    attempt_.findings.model = found.model;
    attempt_.findings.correlation = found.correlation;
    auto ruling = checkpoint_->after_reading(found);
    if (ruling.has_error()) {
        attempt_.findings = std::move(found);
        return ruling.error();
    }
    request_ = std::move(*ruling);
    if (request_.plan == Plan::pass) attempt_.findings = std::move(found);
    return {};
}

Treatment Exchange::treatment(const Ruling& ruling, Findings& findings, Treater* treater, bool observe) const {
    Treatment made;
    made.judgement = &ruling.judgement;
    made.scanner = &equipment_.scanner;
    made.analyses = analyses_.get();
    made.treater = treater;
    made.findings = &findings;
    made.policy = &snapshot().policy;
    made.observe = observe;
    made.signed_elsewhere = ruling.destination && ruling.destination != issuer_;
    return made;
}

BodyContext Exchange::body_context(const Treatment& treatment, bool response) const {
    BodyContext context;
    context.treatment = &treatment;
    context.paths = &equipment_.paths(route_, endpoint_);
    if (!response) context.whole = checkpoint_->declared();
    context.content_type = response ? response_type_ : request_type_;
    context.content_encoding = response ? response_encoding_ : std::string_view(head_.fields.get("content-encoding").value_or(std::string_view()));
    context.limits = treatment.analyses ? &*whole_texts_ : &snapshot().limits;
    context.call = call_;
    context.message_coding = response ? response_coding_ : request_coding_;
    if (response) context.labels = labels();
    context.restore_in_tool_arguments = response && restores_arguments(snapshot().policy, request_.judgement);
    return context;
}

/// The labels of the request; null once it is certain that there are none.
const Labels* Exchange::labels() const {
    const Labels* issued = treater_ ? treater_->labels() : nullptr;
    const bool all_sent = is_held_ || !outlook_.present() || !pump_;
    return issued && !(all_sent && issued->empty()) ? issued : nullptr;
}

std::unique_ptr<ExchangeTreater> Exchange::make_treater(const Destination& destination, Findings& findings) const {
    auto keys = equipment_.treatment_keys(*source_, destination);
    keys.exchange = attempt_.id();
    return std::make_unique<ExchangeTreater>(snapshot().policy, std::move(keys), findings);
}

/// A refusal in the client's own dialect: a whole response if none has begun, an error in the stream if one
/// has, and never a clean end.
Task<void> Exchange::refuse(const Fault& failure) {
    client_.allow(snapshot().timeouts.body);
    const RefusalContext context{attempt_.id(), endpoint_, attempt_.findings.correlation};
    const Dialect& speaker = native_ ? *native_ : dialect_ ? *dialect_ : dialect(DialectId::none);
    if (failure.code == Code::client_gone) {
        client_.abort();
        co_return;
    }
    if (client_.responded()) {
        co_await cut(failure, speaker);
        co_return;
    }
    const auto& known = info(failure.code);
    const bool forward = arrival_.listener->mode == Listener::Mode::forward;
    ResponseHead head;
    const auto rendered = speaker.refuse(failure, context);
    head.status = failure.code == Code::source_unknown && forward ? 407 : known.status;
    // A destination that is left alone for a time is no gateway error: whoever asks can come back.
    if (failure.code == Code::upstream_unreachable && failure.retry_after.count() > 0) head.status = 503;
    if (rendered.status != 0) head.status = rendered.status;
    head.reason = known.name;
    head.fields.add("content-type", rendered.content_type);
    for (std::size_t i = 0; i < rendered.fields.size(); ++i) head.fields.add(rendered.fields[i].name, rendered.fields[i].value);
    head.fields.add("bordergate-attempt", attempt_.id());
    head.fields.add("bordergate-code", known.name);
    if (!failure.rule.empty()) head.fields.add("bordergate-rule", failure.rule);
    if (head.status == 407) head.fields.add("proxy-authenticate", "Basic realm=\"bordergate\"");
    if (head.status == 401) head.fields.add("www-authenticate", "Bearer realm=\"bordergate\"");
    if (head.status == 429 || head.status == 503) head.fields.add("retry-after", std::to_string(std::max<std::int64_t>(1, failure.retry_after.count())));
    if (!known.retryable) head.fields.add("x-should-retry", "false");
    attempt_.answered(nullptr, head.status);
    const BodyLength length = BodyLength::exact(rendered.body.size());
    const Status sent = co_await client_.respond(head, length, rendered.body, true);
    if (sent.has_error()) client_.abort();
}

/// Ends an answer that has begun so that its reader sees an error.
Task<void> Exchange::cut(const Fault& failure, const Dialect& speaker) {
    const RefusalContext context{attempt_.id(), endpoint_, attempt_.findings.correlation};
    const std::string type = response_type_;
    const Fields trailers = client_.tells_by_trailers() ? speaker.cut_trailers(failure, context, type) : Fields{};
    if (trailers.size() > 0) {
        const Status said = co_await client_.end(trailers);
        if (said.has_error()) client_.abort();
        co_return;
    }
    const std::string last_words = type.empty() ? std::string{} : speaker.cut(failure, context, type);
    if (!last_words.empty()) {
        const Status said = co_await client_.write(last_words, false);
        (void)said;  // the client may be gone; it is cut either way
    }
    client_.abort();
}

}  // namespace bordergate
