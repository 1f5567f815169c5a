#include "proxy/audit/record.hpp"

#include <array>
#include <charconv>
#include <ctime>

#include "filters/utf8.hpp"

namespace bordergate {

namespace {

constexpr std::size_t longest_line = 65'535;
constexpr std::size_t longest_text = 2'048;

/// Writes one JSON object member after another; empty values are left out.
class Line {
  public:
    explicit Line(std::string& out) : out_(out) { out_ += '{'; }

    void text(std::string_view name, std::string_view value) {
        if (value.empty()) return;
        key(name);
        string(value);
    }
    void number(std::string_view name, std::uint64_t value, bool even_zero = false) {
        if (value == 0 && !even_zero) return;
        key(name);
        digits(value);
    }
    void yes(std::string_view name, bool value) {
        if (!value) return;
        key(name);
        out_ += "true";
    }
    template <class List>
    void texts(std::string_view name, const List& list) {
        if (list.empty()) return;
        key(name);
        char separator = '[';
        for (const auto& one : list) {
            out_ += separator;
            string(one);
            separator = ',';
        }
        out_ += ']';
    }
    void open(std::string_view name) {
        key(name);
        out_ += '{';
        first_ = true;
    }
    void close() {
        out_ += '}';
        first_ = false;
    }
    void key(std::string_view name) {
        if (!first_) out_ += ',';
        first_ = false;
        out_ += '"';
        out_.append(name).append("\":");
    }
    void raw(std::string_view text) { out_.append(text); }
    void begin_item(bool first) {
        out_ += first ? '{' : ',';
        if (!first) out_ += '{';
        first_ = true;
    }

    void string(std::string_view value) {
        static constexpr std::string_view hex = "0123456789abcdef";
        const bool shortened = value.size() > longest_text;
        if (shortened) value = value.substr(0, longest_text);
        out_ += '"';
        while (!value.empty()) {
            // Nearly everything is plain: it goes as one piece.
            std::size_t plain = 0;
            while (plain < value.size() && is_plain(value[plain])) ++plain;
            out_.append(value.substr(0, plain));
            value.remove_prefix(plain);
            if (value.empty()) break;
            const auto c = static_cast<unsigned char>(value.front());
            const auto size = utf8_sequence(value);
            if (c == '"' || c == '\\') {
                (out_ += '\\') += static_cast<char>(c);
            } else if (c < 0x20 || c == 0x7f) {
                (out_.append("\\u00") += hex[c >> 4]) += hex[c & 15];
            } else if (size == 0) {
                out_.append("\\ufffd");
            } else {
                out_.append(value.substr(0, size));
            }
            value.remove_prefix(size == 0 ? 1 : size);
        }
        out_ += '"';
    }
    void digits(std::uint64_t value) {
        std::array<char, 20> text;
        const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
        out_.append(text.data(), end);
    }

  private:
    /// ASCII that stands for itself in a JSON string.
    static bool is_plain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

    std::string& out_;
    bool first_ = true;
};

/// `2026-11-24T01:02:03.000004Z` (RFC 3339). The date is computed once a second.
void append_time(std::string& out, std::int64_t time_us) {
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
    out.append(cached.data(), 20);
    std::array<char, 6> fraction;
    auto rest = time_us % 1'000'000;
    for (std::size_t i = fraction.size(); i-- > 0; rest /= 10) fraction[i] = static_cast<char>('0' + rest % 10);
    out.append(fraction.data(), fraction.size()).append("Z");
}

void add_findings(Line& line, const Findings& found) {
    if (!found.entities.empty()) {
        line.open("entities");
        for (const auto& [entity, count] : found.entities) line.number(entity, count);
        line.close();
    }
    line.number("masked", found.masked);
    line.number("sealed", found.sealed);
    line.number("restored", found.restored);
    line.number("unsealed", found.unsealed);
    line.number("foreign_labels", found.foreign_labels);
    line.texts("operators", found.operators);
    line.texts("key_ids", found.key_ids);
}

void add_ceilings(Line& line, const std::vector<Ceiling>& ceilings) {
    if (ceilings.empty()) return;
    line.key("ceilings");
    line.raw("[");
    bool first = true;
    for (const auto& one : ceilings) {
        line.begin_item(first);
        line.text("data", one.data);
        line.text("form", one.form);
        line.text("rule", one.rule);
        line.text("law", one.law);
        line.text("cite", one.cite);
        line.close();
        first = false;
    }
    line.raw("]");
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
    if (record.duration_us >= 0) line.number("duration_us", static_cast<std::uint64_t>(record.duration_us), true);
    line.number("count", record.count);
}

void render_once(const Record& record, std::string& out, bool shortened) {
    Line line(out);
    line.text("kind", to_string(record.kind));
    line.key("time");
    out += '"';
    append_time(out, record.time_us);
    out += '"';
    line.text("attempt", record.attempt);
    line.text("direction", record.direction);
    add_who(line, record);
    add_judgement(line, record);
    if (!shortened) add_ceilings(line, record.ceilings);
    line.texts("classes", record.classes);
    if (record.findings) {
        add_findings(line, *record.findings);
        if (!shortened) line.texts("pointers", record.findings->pointers);
    }
    if (!shortened) line.texts("dropped_fields", record.dropped_fields);
    if (record.answer) {
        line.open("answer");
        add_findings(line, *record.answer);
        if (!shortened) line.texts("pointers", record.answer->pointers);
        line.close();
    }
    add_measures(line, record);
    line.yes("shortened", shortened);
    out += "}\n";
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

}  // namespace bordergate
