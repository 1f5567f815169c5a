#include "proxy/audit/record.hpp"

#include <ctime>

#include "proxy/audit/record_line.hpp"

namespace bordergate {

namespace {

using record_line::Line;

constexpr std::size_t longest_line = 65'535;

/// `2026-11-24T01:02:03.000004Z` (RFC 3339). The date is computed once a second.
void append_time(Line& line, std::int64_t time_us) {
    thread_local std::int64_t cached_second = -1;
    thread_local std::array<char, 24> cached{};
    const std::int64_t second = time_us / 1'000'000;
    if (second != cached_second) {
        const std::time_t when = second;
        std::tm parts{};
        gmtime_r(&when, &parts);
        std::strftime(cached.data(), cached.size(), "%Y-%m-%dT%H:%M:%S.", &parts);
        cached_second = second;
    }
    std::array<char, 29> text;
    text.front() = text.back() = '"';
    std::memcpy(text.data() + 1, cached.data(), 20);
    auto rest = time_us % 1'000'000;
    for (std::size_t i = 26; i > 20; --i, rest /= 10) text[i] = static_cast<char>('0' + rest % 10);
    text[27] = 'Z';
    line.raw({text.data(), text.size()});
}

void add_findings(Line& line, const Findings& found) {
    if (!found.entities.empty()) {
        line.open("entities");
        for (const auto& [entity, count] : found.entities) line.named_number(entity, count);
        line.close();
    }
    line.number("masked", found.masked);
    line.number("sealed", found.sealed);
    line.number("restored", found.restored);
    line.number("unsealed", found.unsealed);
    line.number("foreign_labels", found.foreign_labels);
    if (found.forgotten_labels > 0) line.number("forgotten_labels", found.forgotten_labels);
    line.texts("operators", found.operators);
    line.texts("key_ids", found.key_ids);
}

void add_who(Line& line, const Record& record) {
    line.text("source", record.source);
    line.text("tenant", record.tenant);
    line.text("purpose", record.purpose);
    if (!record.client_address.empty()) {
        line.open("subject");
        line.text("address", record.client_address);
        line.close();
    }
    line.text("route", record.route);
    line.text("destination", record.destination);
    line.text("asked", record.asked);
    line.text("from_location", record.from_location);
    line.text("from_operator", record.from_operator);
    line.text("to_location", record.to_location);
    line.text("to_operator", record.to_operator);
    line.text("method", record.method);
    line.text("authority", record.authority);
    line.text("address", record.address);
    line.text("model", record.model);
}

void add_judgement(Line& line, const Record& record) {
    line.text("plan", record.plan);
    line.text("verdict", record.verdict);
    line.text("form", record.form);
    line.text("rule", record.rule);
    line.text("law", record.law);
    line.text("cite", record.cite);
    line.text("code", record.code);
    line.text("detail", record.detail);
    line.text("policy_digest", record.policy_digest);
    line.yes("credentials_forwarded", record.credentials_forwarded);
}

void add_measures(Line& line, const Record& record) {
    const bool outcome = record.kind == RecordKind::outcome;
    line.number("status", record.status);
    line.number("bytes_out", record.bytes_out, outcome);
    line.number("bytes_in", record.bytes_in, outcome);
    line.number("messages_out", record.messages_out);
    line.number("messages_in", record.messages_in);
    if (record.duration_us >= 0) line.number("duration_us", static_cast<std::uint64_t>(record.duration_us), true);
    line.number("count", record.count);
}

void render_once(const Record& record, std::string& out, bool shortened) {
    Line line(out);
    line.begin_item();
    line.text("kind", to_string(record.kind));
    line.key("time");
    append_time(line, record.time_us);
    line.text("attempt", record.attempt);
    line.text("hedge_of", record.hedge_of);
    line.text("direction", record.direction);
    add_who(line, record);
    add_judgement(line, record);
    if (!shortened && !record.ceilings.empty()) {
        line.key("ceilings");
        line.raw(record.ceilings);
    }
    line.texts("classes", record.classes);
    if (record.findings) {
        add_findings(line, *record.findings);
        if (!shortened) line.texts("pointers", record.findings->pointers);
    }
    if (!shortened && record.dropped_fields) line.texts("dropped_fields", *record.dropped_fields);
    if (record.answer) {
        line.open("answer");
        add_findings(line, *record.answer);
        if (!shortened) line.texts("pointers", record.answer->pointers);
        line.close();
    }
    add_measures(line, record);
    line.yes("shortened", shortened);
    line.raw("}\n");
    line.finish();
}

}  // namespace

std::string_view to_string(RecordKind kind) {
    switch (kind) {
        case RecordKind::intent: return "intent";
        case RecordKind::dialled: return "dialled";
        case RecordKind::outcome: return "outcome";
        case RecordKind::event: return "event";
    }
    return "event";
}

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::clear: return "clear";
        case Verdict::masked: return "masked";
        case Verdict::sealed: return "sealed";
        case Verdict::rerouted: return "rerouted";
        case Verdict::refused: return "refused";
        case Verdict::cut: return "cut";
    }
    return "refused";
}

void render(const Record& record, std::string& out) {
    const auto start = out.size();
    render_once(record, out, false);
    if (out.size() - start <= longest_line) return;
    out.resize(start);
    render_once(record, out, true);
}

void render(const std::vector<Ceiling>& ceilings, std::string& out) {
    if (ceilings.empty()) return;
    Line line(out);
    line.raw("[");
    for (const auto& one : ceilings) {
        line.begin_item();
        line.text("data", one.data);
        line.text("form", one.form);
        line.text("rule", one.rule);
        line.text("law", one.law);
        line.text("cite", one.cite);
        line.close();
    }
    line.raw("]");
    line.finish();
}

}  // namespace bordergate
