#include "proxy/attempt.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

#include "proxy/net/addresses.hpp"

namespace bordergate {

namespace {

/// A model's name is the one value of a body that a record holds: only if it can be nothing else.
bool is_model_name(std::string_view text, const Scanner& scanner) {
    constexpr std::size_t longest = 128;
    constexpr std::string_view marks = "-._:/+ ";
    bool letter = false;
    if (text.empty() || text.size() > longest) return false;
    for (const char c : text) {
        const bool alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        letter = letter || alpha;
        if (!alpha && !(c >= '0' && c <= '9') && marks.find(c) == std::string_view::npos) return false;
    }
    std::vector<Match> found;
    scanner.scan(text, found);
    return letter && found.empty();
}

/// The cell that explains the verdict: of what was found, the one that goes in the lowest form.
const Cell* deciding_cell(const Ruling& ruling, ClassSet found) {
    const auto classes = found & ruling.classes;
    return classes.empty() ? nullptr : &ruling.judgement.deciding(classes);
}

/// What each class may become, as records say it. Most exchanges are ruled as the one before them was: that text is
/// kept. Valid until the next call on this thread.
std::string_view ceilings_of(const Snapshot& snapshot, const Ruling& ruling) {
    struct Last {
        std::uint64_t serial = 0;  // of no snapshot
        ClassSet classes;
        Policy::Cells cells;
        std::string text;
    };
    static_assert(std::is_trivially_copyable_v<Policy::Cells>, "compared byte by byte: equal bytes are equal cells");
    thread_local Last last;
    const bool same = last.serial == snapshot.serial.number() && last.classes == ruling.classes &&
                      std::memcmp(&last.cells, &ruling.judgement.cells, sizeof last.cells) == 0;
    if (same) return last.text;
    std::vector<Ceiling> ceilings;
    ruling.classes.each([&](ClassId id) {
        const auto& cell = ruling.judgement.cells[static_cast<unsigned>(id)];
        Ceiling ceiling;
        ceiling.data = snapshot.classes.name(id);
        ceiling.form = to_string(cell.form);
        if (cell.rule != no_rule) {
            const auto& rule = snapshot.policy.rule(cell.rule);
            ceiling.rule = rule.id;
            if (!rule.cite.empty()) ceiling.cite = rule.cite.front();
        }
        if (cell.law != no_law) ceiling.law = snapshot.atlas->laws()[cell.law].id;
        ceilings.push_back(ceiling);
    });
    last.serial = snapshot.serial.number();
    last.classes = ruling.classes;
    std::memcpy(&last.cells, &ruling.judgement.cells, sizeof last.cells);
    last.text.clear();
    render(ceilings, last.text);
    return last.text;
}

}  // namespace

Attempt::Attempt(Worker& worker, const Equipment& equipment, const Peer& peer, const RequestHead& head)
    : worker_(&worker),
      equipment_(&equipment),
      id_(worker.attempts.next()),
      client_(text_of(peer.address.address())),
      method_(head.method),
      authority_(head.authority),
      began_us_(wall_clock_us()) {}

Attempt Attempt::beside() const {
    Attempt other = *this;
    other.hedge_of_ = id_;
    other.id_ = worker_->attempts.next();
    other.address_.clear();
    other.began_us_ = wall_clock_us();
    other.sent = other.received = 0;
    return other;
}

void Attempt::dialled(const boost::asio::ip::tcp::endpoint& address) {
    const std::string host = text_of(address.address());
    address_ = address.address().is_v6() ? '[' + host + ']' : host;
    address_ += ':';
    address_ += std::to_string(address.port());
}

Record Attempt::record(RecordKind kind) const {
    const auto& snapshot = *equipment_->snapshot;
    Record record;
    record.kind = kind;
    record.attempt = id_;
    record.hedge_of = hedge_of_;
    record.time_us = wall_clock_us();
    record.direction = "request";
    record.client_address = client_;
    record.method = method_;
    record.authority = authority_;
    record.address = address_;
    record.policy_digest = snapshot.digest;
    record.credentials_forwarded = credentials_forwarded;
    record.dropped_fields = &head_report.dropped;
    if (source_) {
        record.source = source_->id;
        record.tenant = source_->tenant;
    }
    if (std::has_single_bit(purposes_)) record.purpose = purpose_names[static_cast<std::size_t>(std::countr_zero(purposes_))];
    if (route_) record.route = route_->id;
    if (request_ && request_->destination) {
        record.destination = request_->destination->id;
        if (request_->rerouted()) record.asked = request_->asked->id;
        record.plan = to_string(request_->plan);
    } else if (request_ && request_->asked) {
        record.asked = request_->asked->id;
    }
    if (is_model_name(findings.model, equipment_->scanner)) record.model = findings.model;
    return record;
}

Task<Status> Attempt::commit(const Record& record) const {
    worker_->line.clear();
    render(record, worker_->line);
    return worker_->committer.commit(worker_->line);
}

Task<Status> Attempt::commit_intent() {
    const auto& snapshot = *equipment_->snapshot;
    Record intent = record(RecordKind::intent);
    const auto& equipment = *equipment_;
    const StandingText& from = equipment.source_texts[equipment.index_of(*source_)];
    const Destination& destination = *request_->destination;
    const StandingText unknown = destination.id.empty() ? describe_standing(*snapshot.atlas, destination.standing) : StandingText{};
    const StandingText& to = destination.id.empty() ? unknown : equipment.destination_texts[equipment.index_of(destination)];
    intent.from_location = from.location;
    intent.from_operator = from.operators;
    intent.to_location = to.location;
    intent.to_operator = to.operators;
    intent.ceilings = ceilings_of(snapshot, *request_);
    return commit(intent);
}

Task<Status> Attempt::commit_dialled() {
    const Record dialled = record(RecordKind::dialled);
    return commit(dialled);
}

Verdict Attempt::verdict(const Fault* failure, bool left) const {
    // What fails on the way after a byte has left is not the border's verdict; the record's code tells of it.
    const bool ours = failure && info(failure->code).side != Side::upstream && failure->code != Code::client_gone;
    if (failure && (!left || !request_)) return Verdict::refused;
    if (ours) return Verdict::cut;
    if (request_ && request_->rerouted()) return Verdict::rerouted;
    // Of either direction; the record's `answer` tells them apart.
    if (findings.sealed + response_findings.sealed > 0) return Verdict::sealed;
    if (findings.masked + response_findings.masked > 0) return Verdict::masked;
    return Verdict::clear;
}

Record Attempt::outcome(const Fault* failure, Verdict reached) const {
    const auto& snapshot = *equipment_->snapshot;
    Record outcome = record(RecordKind::outcome);
    outcome.verdict = to_string(reached);
    outcome.status = status_;
    outcome.bytes_out = sent;
    outcome.bytes_in = received;
    outcome.messages_out = messages_sent;
    outcome.messages_in = messages_received;
    outcome.duration_us = outcome.time_us - began_us_;
    outcome.findings = &findings;
    const auto& answer = response_findings;
    if (answer.values + answer.restored + answer.unsealed + answer.foreign_labels > 0) outcome.answer = &answer;
    if (request_ && request_->destination) {
        ClassSet found = findings.classes;
        outcome.classes = snapshot.classes.names(found);
        if (found.empty()) found = request_->classes;
        if (const auto* cell = deciding_cell(*request_, found)) {
            outcome.form = to_string(cell->form);
            if (cell->law != no_law) outcome.law = snapshot.atlas->laws()[cell->law].id;
            if (cell->rule != no_rule) {
                const auto& rule = snapshot.policy.rule(cell->rule);
                outcome.rule = rule.id;
                if (!rule.cite.empty()) outcome.cite = rule.cite.front();
            }
        }
    }
    if (!failure && request_ && request_->rerouted()) {
        outcome.rule = request_->reroute.rule;
        outcome.cite = request_->reroute.cite;
        outcome.detail = request_->reroute.detail;
    }
    if (failure) {
        outcome.code = info(failure->code).name;
        outcome.detail = failure->detail;
        if (!failure->rule.empty()) outcome.rule = failure->rule;
        if (!failure->cite.empty()) outcome.cite = failure->cite;
    }
    return outcome;
}

void Attempt::write(const Record& outcome) {
    worker_->line.clear();
    render(outcome, worker_->line);
    // An outcome that cannot be written leaves the intent, which says "at most this"; the log is unhealthy
    // then and refuses the next exchange.
    (void)worker_->committer.append(worker_->line);
    worker_->count(worker_->traffic.request_bytes, 0, sent);
}

void Attempt::conclude(const Fault* failure, bool left) {
    const auto reached = verdict(failure, left);
    const Record ended = outcome(failure, reached);
    write(ended);
    if (failure) worker_->count(worker_->traffic.refusals, static_cast<std::size_t>(failure->code));
    worker_->count(worker_->traffic.exchanges, static_cast<std::size_t>(reached));
    worker_->count(worker_->traffic.response_bytes, 0, received);
    std::uint64_t entities = 0;
    for (const auto& [entity, number] : findings.entities) entities += number;
    if (entities > 0) worker_->count(worker_->traffic.entities, 0, entities);
    residence.end();
    if (!failure) worker_->metrics.observe(worker_->traffic.residence, worker_->index, std::chrono::duration<double>(residence.total()).count());
    worker_->metrics.observe(worker_->traffic.duration, worker_->index, static_cast<double>(ended.duration_us) * 1e-6);
}

void Attempt::conclude_beside(const Fault& failure, bool left) { write(outcome(&failure, verdict(&failure, left))); }

}  // namespace bordergate
