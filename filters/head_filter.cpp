#include "filters/head_filter.hpp"

#include <algorithm>
#include <array>

#include "filters/body/text_rewrite.hpp"
#include "filters/utf8.hpp"

namespace bordergate {

namespace {

constexpr std::size_t most_dropped = 32;

/// Fields that may cross a border, sorted: RFC 9110 and 9111, and those of the AI protocols. Cookies, tracing
/// baggage and whatever an application made up are not among them.
constexpr std::array<std::string_view, 55> known_fields{
    "accept", "accept-charset", "accept-encoding", "accept-language", "accept-ranges", "age", "allow", "anthropic-beta", "anthropic-version",
    "bordergate-attempt", "cache-control", "content-disposition", "content-encoding", "content-language", "content-location", "content-range",
    "content-type", "date", "etag", "expires", "idempotency-key", "if-match", "if-modified-since", "if-none-match", "if-range",
    "if-unmodified-since", "last-event-id", "last-modified", "location", "openai-beta", "openai-model", "openai-organization",
    "openai-processing-ms", "openai-project", "openai-version", "origin", "pragma", "prefer", "preference-applied", "priority", "range",
    "retry-after", "retry-after-ms", "server", "user-agent", "vary", "warning", "www-authenticate", "x-ratelimit-limit-requests",
    "x-ratelimit-limit-tokens", "x-ratelimit-remaining-requests", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-requests",
    "x-ratelimit-reset-tokens", "x-request-id"};

std::string lower(std::string_view text) {
    std::string folded(text);
    std::transform(folded.begin(), folded.end(), folded.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return folded;
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// The text that a part of a target stands for. `form`: `+` is a space, as in queries.
std::string percent_decode(std::string_view text, bool form) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
        if (low >= 0) {
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += form && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

void percent_encode(std::string_view text, std::string& out) {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    for (unsigned char c : text) {
        const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        if (unreserved)
            out += static_cast<char>(c);
        else
            ((out += '%') += digits[c >> 4]) += digits[c & 15];
    }
}

/// Treats one piece of a target; it is written anew only if something in it changes.
Status filter_piece(std::string_view piece, const Place& place, const Treatment& treatment, bool form, std::string& out) {
    const std::string text = percent_decode(piece, form);
    if (find_invalid_utf8(text) != std::string_view::npos) {
        // Not text: what it is cannot be inspected.
        if (treatment.findings) treatment.findings->saw(ClassSet{ClassTree::opaque}, {}, place.text());
        if (!treatment.observe && treatment.judgement->lowest(ClassSet{ClassTree::opaque}).form != Form::clear) return refuse_class(treatment, ClassSet{ClassTree::opaque}, place);
        out.append(piece);
        return {};
    }
    std::string treated;
    const Status done = rewrite_text(text, place, {}, treatment, treated);
    if (done.has_error()) return done;
    if (treated == text)
        out.append(piece);
    else
        percent_encode(treated, out);
    return {};
}

/// Splits at `separators` and treats what stands between them.
Status filter_pieces(std::string& whole, std::string_view separators, const Place& place, const Treatment& treatment, bool form) {
    std::string out;
    std::string_view rest = whole;
    while (true) {
        const auto end = std::min(rest.find_first_of(separators), rest.size());
        const Status done = filter_piece(rest.substr(0, end), place, treatment, form, out);
        if (done.has_error()) return done;
        if (end == rest.size()) break;
        out += rest[end];
        rest.remove_prefix(end + 1);
    }
    whole = std::move(out);
    return {};
}

Status filter_fields(Fields& fields, const Treatment& treatment, bool leaves_standing, HeadReport& report) {
    if (leaves_standing)
        fields.retain([&report](const Fields::Line& line) {
            if (known_field(line.name)) return true;
            if (report.dropped.size() < most_dropped) report.dropped.emplace_back(lower(line.name));
            return false;
        });
    if (!treatment.scanner) return {};
    std::vector<std::pair<std::string, std::string>> changed;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto line = fields[i];
        const NamedPlace place(line.name);
        std::string treated;
        const Status done = rewrite_text(line.value, place, {}, treatment, treated);
        if (done.has_error()) return done;
        if (treated != line.value) changed.emplace_back(line.name, std::move(treated));
    }
    for (const auto& [name, value] : changed) {
        // A value that is written anew must not be able to end its line.
        if (value.find_first_of("\r\n") != std::string::npos || value.find('\0') != std::string::npos)
            return fault(Code::place_cannot_carry, "the header " + name + " cannot carry the form that its value must take");
        fields.set(name, value);
    }
    return {};
}

}  // namespace

bool known_field(std::string_view name) { return std::binary_search(known_fields.begin(), known_fields.end(), std::string_view(lower(name))); }

void observe_head(const RequestHead& head, const Treatment& treatment) {
    RequestHead copy = head;
    Treatment watch = treatment;
    watch.observe = true;
    HeadReport ignored;
    // Observing replaces nothing and refuses nothing.
    (void)filter_head(copy, watch, false, ignored);
}

Status filter_head(RequestHead& head, const Treatment& treatment, bool leaves_standing, HeadReport& report) {
    if (treatment.scanner) {
        const auto sealed_before = treatment.findings ? treatment.findings->sealed : 0;
        Status done = filter_pieces(head.path, "/", NamedPlace("path"), treatment, false);
        if (done.has_error()) return done;
        if (treatment.findings && treatment.findings->sealed != sealed_before)
            return fault(Code::place_cannot_carry, "the path cannot carry a sealed value");
        if (head.has_query) done = filter_pieces(head.query, "&=;", NamedPlace("query"), treatment, true);
        if (done.has_error()) return done;
    }
    return filter_fields(head.fields, treatment, leaves_standing, report);
}

Status filter_head(ResponseHead& head, const Treatment& treatment, bool leaves_standing, HeadReport& report) {
    return filter_fields(head.fields, treatment, leaves_standing, report);
}

}  // namespace bordergate
