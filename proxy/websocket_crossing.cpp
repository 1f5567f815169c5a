#include "proxy/websocket_crossing.hpp"

#include <algorithm>
#include <iterator>

#include "filters/body/json_reader.hpp"
#include "config/utf8.hpp"
#include "proxy/http/websocket_codec.hpp"

namespace bordergate {

namespace {

/// Filters name what is wrong with a body; in an answer that is the upstream's doing.
Fault of_answer(Fault failure) {
    if (failure.code == Code::body_invalid) failure.code = Code::upstream_invalid;
    if (failure.code == Code::body_too_large) failure.code = Code::upstream_too_large;
    return failure;
}

std::string_view content_type(BodyKind kind) {
    if (kind == BodyKind::json) return "application/json";
    return kind == BodyKind::text ? "text/plain" : "application/octet-stream";
}

template <class List>
auto* find_id(const List& list, std::string_view id) {
    const auto found = std::find_if(list.begin(), list.end(), [id](const auto& one) { return one.id == id; });
    return found == list.end() ? nullptr : &*found;
}

/// What a message that is no JSON says of itself while it waits.
constexpr std::string_view binary = "binary";

void say(std::vector<StreamedTexts::Event>& ready, std::vector<WebSocketCrossing::Message>& out) {
    for (auto& one : ready) out.push_back({one.type != binary, std::move(one.json.empty() ? one.frame : one.json)});
}

}  // namespace

/// While a message is read its classes have the ids of the equipment that judges it; the record knows those of the first.
class WebSocketCrossing::GatheredInFirstTerms {
  public:
    GatheredInFirstTerms(const WebSocketCrossing& crossing, Findings& findings) : crossing_(crossing), findings_(findings), before_(findings.classes) { findings.classes = {}; }
    ~GatheredInFirstTerms() {
        const auto &now = crossing_.equipment_->snapshot->classes, &first = crossing_.first_->snapshot->classes;
        findings_.classes = before_ | (&now == &first ? findings_.classes : now.in_terms_of(first, findings_.classes));
    }
    GatheredInFirstTerms(const GatheredInFirstTerms&) = delete;
    GatheredInFirstTerms& operator=(const GatheredInFirstTerms&) = delete;

  private:
    const WebSocketCrossing& crossing_;
    Findings& findings_;
    ClassSet before_;
};

WebSocketCrossing::WebSocketCrossing(EquipmentPtr equipment, const Parties& parties, Findings& sent, Findings& received, std::int64_t instant,
                                     std::unique_ptr<ExchangeTreater> treater)
    : equipment_(std::move(equipment)),
      first_(equipment_),
      parties_(parties),
      sent_(sent),
      received_(received),
      text_(Ruling{}),
      binary_(Ruling{}),
      treater_(std::move(treater)) {
    (void)prepare(instant);  // its fault is kept for every message
}

WebSocketCrossing::~WebSocketCrossing() = default;

Fault unanalysed_session() {
    return fault(Code::opaque_refused, "the messages of a session cannot be sent to an analyser, and what it would find in them may not cross in clear");
}

/// Judges what messages could hold. A fault of one kind of message is kept: each of that kind meets it.
Status WebSocketCrossing::prepare(std::int64_t instant) {
    judged_at_ = instant;
    const auto& snapshot = *equipment_->snapshot;
    const auto checkpoint = [&] {
        return Checkpoint(snapshot, *parties_.source, parties_.route, {parties_.destination}, equipment_->detectable, parties_.endpoint, instant, parties_.purposes);
    };
    text_checkpoint_.emplace(checkpoint());
    binary_checkpoint_.emplace(checkpoint());
    text_ = text_checkpoint_->at_head(Findings{}, BodyOutlook{BodyKind::json});
    binary_ = binary_checkpoint_->at_head(Findings{}, BodyOutlook{BodyKind::opaque});
    auto home = text_checkpoint_->response(*parties_.destination, false);
    if (home.has_error()) {
        text_ = binary_ = home.error();
        return home.error();
    }
    response_ = std::move(*home);
    const auto asks = [&](const Judgement& judgement) { return (judgement.masked | judgement.sealed | judgement.refused).meets(equipment_->analysed); };
    unanalysed_ = asks(response_.judgement) || (text_.has_value() && asks(text_->judgement));
    if (unanalysed_) {
        text_ = binary_ = unanalysed_session();
        return text_.error();
    }
    auto keys = equipment_->treatment_keys(*parties_.source, *parties_.destination);
    keys.exchange = parties_.exchange;
    if (!treater_) treater_ = std::make_unique<ExchangeTreater>(snapshot.policy, keys, sent_);
    if (text_.has_value()) treater_->prepare_labels(text_->judgement);
    if (parties_.unsealer) treater_->open_tokens(*parties_.unsealer);
    if (!answer_treater_) answer_treater_ = std::make_unique<ExchangeTreater>(snapshot.policy, keys, received_);
    return {};
}

bool WebSocketCrossing::untouched() const {
    return text_.has_value() && binary_.has_value() && text_->plan == Plan::pass && binary_->plan == Plan::pass && response_.plan == Plan::pass && !parties_.unsealer;
}

Status WebSocketCrossing::keep_current(const EquipmentPtr& current, std::int64_t instant) {
    constexpr std::int64_t rejudging_interval = 60;
    if (current != equipment_) return renew(current, instant);
    if (instant - judged_at_ < rejudging_interval) return {};
    const Status ended = end_answers();
    return ended.has_error() ? ended : prepare(instant);
}

Status WebSocketCrossing::renew(EquipmentPtr current, std::int64_t instant) {
    const auto& snapshot = *current->snapshot;
    Parties renewed = parties_;
    renewed.source = find_id(snapshot.sources, parties_.source->id);
    if (parties_.route) renewed.route = find_id(snapshot.routes, parties_.route->id);
    // A destination that nobody declared is nowhere in a snapshot; its standing is as unknown as before.
    if (!parties_.destination->id.empty()) renewed.destination = find_id(snapshot.destinations, parties_.destination->id);
    renewed.unsealer = nullptr;  // it judges by what was
    if (!renewed.source || !renewed.destination || (parties_.route && !renewed.route))
        return fault(Code::policy_changed, "the configuration no longer has the source, route or destination of this session");
    const auto& reachable = renewed.route ? renewed.route->destinations : std::vector<std::uint16_t>{};
    const bool still = !renewed.route || std::any_of(reachable.begin(), reachable.end(), [&](auto index) { return &snapshot.destinations[index] == renewed.destination; });
    renewed.purposes &= renewed.source->purposes;
    const bool same = renewed.destination->host == parties_.destination->host && renewed.destination->port == parties_.destination->port &&
                      renewed.source->match == parties_.source->match;
    if (!still || !same || renewed.purposes == 0) return fault(Code::policy_changed, "the configuration no longer lets this session reach its destination");
    // Treaters and transforms are of the old one: they go before it does.
    if (const Status ended = end_answers(); ended.has_error()) return ended;
    treater_.reset();
    answer_treater_.reset();
    text_checkpoint_.reset();
    binary_checkpoint_.reset();
    parties_ = renewed;
    equipment_ = std::move(current);
    return prepare(instant);
}

bool WebSocketCrossing::is_json(std::string_view message) const {
    const auto start = message.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos || (message[start] != '{' && message[start] != '[')) return false;
    JsonReader reader({message.size() + 1, equipment_->snapshot->limits.json_depth});
    return reader.read(message).has_value() && reader.end().has_value();
}

/// What cannot be read as JSON is text, unless fields of JSON are declared: then they could stand in it unseen.
Result<BodyKind> WebSocketCrossing::kind_of(bool text, bool response, std::string_view message) const {
    if (!text) return BodyKind::opaque;
    if (is_json(message)) return BodyKind::json;
    const auto start = message.find_first_not_of(" \t\r\n");
    const bool looks = start != std::string_view::npos && (message[start] == '{' || message[start] == '[');
    if (looks && !response && parties_.route && !parties_.route->fields.empty())
        return fault(Code::body_invalid, "the message begins like JSON and is not, and the route declares fields");
    return BodyKind::text;
}

const Labels* WebSocketCrossing::labels() const {
    const Labels* issued = treater_ ? treater_->labels() : nullptr;
    return issued && !issued->empty() ? issued : nullptr;
}

BodyContext WebSocketCrossing::context(BodyKind kind, bool response, const Treatment& treatment) const {
    BodyContext made;
    made.treatment = &treatment;
    made.paths = &equipment_->paths(parties_.route, parties_.endpoint);
    if (!response) made.whole = text_checkpoint_->declared();
    made.content_type = content_type(kind);
    made.limits = &equipment_->snapshot->limits;
    return made;
}

Status WebSocketCrossing::rewrite(BodyKind kind, const Ruling& ruling, std::string_view in, std::string& out) {
    Treatment treatment;
    treatment.judgement = &ruling.judgement;
    if (ruling.plan != Plan::pass) treatment.scanner = &equipment_->scanner;
    treatment.treater = treater_.get();
    treatment.findings = &sent_;
    treatment.policy = &equipment_->snapshot->policy;
    auto filter = make_body_filter(kind, false, context(kind, false, treatment));
    return filter.has_error() ? Status(filter.error()) : pass_through(**filter, in, true, out);
}

/// The texts that are under way end here: what waits is as it is.
Status WebSocketCrossing::end_answers() {
    if (!answers_) return {};
    std::vector<StreamedTexts::Event> ready;
    const Status ended = answers_->finish(ready);
    say(ready, late_);
    answers_.reset();
    return ended.has_error() ? of_answer(ended.error()) : ended;
}

/// The texts of the answers, which go on over many messages.
StreamedTexts& WebSocketCrossing::answers(const Labels* labels) {
    if (answers_) return *answers_;
    answer_treatment_ = {};
    answer_treatment_.judgement = &response_.judgement;
    if (response_.plan != Plan::pass) answer_treatment_.scanner = &equipment_->scanner;
    answer_treatment_.treater = answer_treater_.get();
    answer_treatment_.findings = &received_;
    answer_treatment_.policy = &equipment_->snapshot->policy;
    answer_treatment_.unsealer = parties_.unsealer;
    answer_context_ = context(BodyKind::json, true, answer_treatment_);
    answer_context_.labels = labels;
    answer_context_.restore_in_tool_arguments = text_.has_value() && restores_arguments(equipment_->snapshot->policy, text_->judgement);
    answers_ = std::make_unique<StreamedTexts>(stream_spec(answer_context_));
    return *answers_;
}

Status WebSocketCrossing::rewrite_answer(BodyKind kind, std::string_view in, std::string& out) {
    BodyContext how = answer_context_;
    how.content_type = content_type(kind);
    auto filter = make_body_filter(kind, true, how);
    return filter.has_error() ? Status(filter.error()) : pass_through(**filter, in, true, out);
}

/// Plan `hold`: what the message is found to hold decides. `ruling` becomes that of this message.
Status WebSocketCrossing::classify(BodyKind kind, std::string_view message, Ruling& ruling) {
    Findings found;
    Ruling observed;
    Treatment watch;
    watch.judgement = &observed.judgement;
    watch.scanner = &equipment_->scanner;
    watch.findings = &found;
    watch.policy = &equipment_->snapshot->policy;
    watch.observe = true;
    auto classifier = make_body_filter(kind, false, context(kind, false, watch));
    if (classifier.has_error()) return classifier.error();
    std::string unchanged;
    const Status read = pass_through(**classifier, message, true, unchanged);
    if (read.has_error()) return read;
    if (kind == BodyKind::opaque) found.classes.add(ClassTree::opaque);
    auto ruled = (kind == BodyKind::opaque ? *binary_checkpoint_ : *text_checkpoint_).after_reading(found);
    if (ruled.has_error()) {
        sent_.classes |= found.classes;
        return ruled.error();
    }
    ruling = std::move(*ruled);
    if (ruling.plan == Plan::pass) sent_.classes |= found.classes;
    return {};
}

Status WebSocketCrossing::outbound(bool text, std::string& message) {
    const GatheredInFirstTerms gathered(*this, sent_);
    const auto& before = text ? text_ : binary_;
    if (before.has_error()) return before.error();
    if (before->plan == Plan::pass) return {};
    const auto kind = kind_of(text, false, message);
    if (kind.has_error()) return kind.error();
    Ruling ruling = *before;
    if (ruling.plan == Plan::hold) {
        if (const Status known = classify(*kind, message, ruling); known.has_error()) return known;
        if (ruling.plan == Plan::pass) return {};
    }
    std::string out;
    const Status done = rewrite(*kind, ruling, message, out);
    if (done.has_value()) message = std::move(out);
    return done;
}

Status WebSocketCrossing::inbound(bool text, std::string_view message, std::vector<Message>& out) {
    if (unanalysed_) return unanalysed_session();
    const GatheredInFirstTerms gathered(*this, received_);
    const Labels* issued = labels();
    // A label may be issued at any time: what was begun without one is done.
    if (answers_ && answer_context_.labels != issued)
        if (const Status ended = end_answers(); ended.has_error()) return ended;
    std::move(late_.begin(), late_.end(), std::back_inserter(out));
    late_.clear();
    if (response_.plan == Plan::pass && !issued && !parties_.unsealer) {
        out.push_back({text, std::string(message)});
        return {};
    }
    const auto kind = kind_of(text, true, message);
    if (kind.has_error()) return kind.error();
    StreamedTexts& texts = answers(issued);
    StreamedTexts::Event event;
    if (*kind == BodyKind::json) {
        event.json = message;
    } else {
        const Status done = rewrite_answer(*kind, message, event.frame);
        if (done.has_error()) return of_answer(done.error());
        if (!text) event.type = binary;
    }
    std::vector<StreamedTexts::Event> ready;
    const Status fed = texts.feed(std::move(event), ready);
    if (fed.has_error()) return of_answer(fed.error());
    say(ready, out);
    return {};
}

Status WebSocketCrossing::rest(std::vector<Message>& out) {
    const GatheredInFirstTerms gathered(*this, received_);
    const Status ended = end_answers();
    std::move(late_.begin(), late_.end(), std::back_inserter(out));
    late_.clear();
    return ended;
}

std::string WebSocketCrossing::reason(bool from_client, std::string_view text) {
    std::string crossed;
    if (from_client) {
        crossed = text;
        if (outbound(true, crossed).has_error()) return {};
    } else if (response_.plan == Plan::pass && !labels() && !parties_.unsealer) {
        crossed = text;
    } else {
        const GatheredInFirstTerms gathered(*this, received_);
        if (unanalysed_ || end_answers().has_error()) return {};
        (void)answers(labels());
        if (rewrite_answer(BodyKind::text, text, crossed).has_error()) return {};
    }
    return crossed.size() <= longest_reason ? crossed : std::string{};
}

}  // namespace bordergate
