#include "filters/head_filter.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "config/utf8.hpp"
#include "filters/ascii.hpp"
#include "filters/body/quoted_text.hpp"
#include "filters/body/text_rewrite.hpp"
#include "filters/mask/mask_only.hpp"
#include "filters/name_set.hpp"
#include "filters/seal/base64url.hpp"

namespace bordergate {

namespace {

constexpr std::size_t most_dropped = 32;

/// Fields that may cross a border: RFC 9110 and 9111, gRPC's own, and what AI clients and services tell each other. Cookies,
/// `baggage` and `tracestate` (which carry what an application made up) are not among them.
constexpr NameSet<60> known_fields{{
    "amz-sdk-invocation-id", "amz-sdk-request", "x-amz-user-agent", "x-compute-time", "x-compute-type", "x-goog-api-client", "x-inference-id", "x-use-cache", "x-wait-for-model",
    "accept",        "age",           "allow",            "bordergate-attempt", "cache-control",    "date",         "deprecation",      "etag",
    "expires",       "idempotency-key",  "if-match",           "if-modified-since", "if-none-match", "if-range",        "if-unmodified-since",
    "grpc-accept-encoding", "grpc-encoding", "grpc-message", "grpc-previous-rpc-attempts", "grpc-retry-pushback-ms", "grpc-status", "grpc-timeout",
    "last-event-id", "last-modified",    "link",               "location",         "max-forwards", "origin",           "pragma",
    "prefer",        "preference-applied", "priority",         "range",            "request-id",   "retry-after",      "retry-after-ms",
    "sec-websocket-protocol",
    "server",        "server-timing",    "strict-transport-security", "sunset",    "traceparent",  "user-agent",       "vary",
    "warning",       "www-authenticate", "x-accel-buffering",  "x-content-type-options", "x-envoy-upstream-service-time", "x-request-id", "x-should-retry",
}};
constexpr std::array<std::string_view, 9> known_families{"accept-", "access-control-", "anthropic-", "content-", "mcp-", "openai-", "x-amzn-", "x-ratelimit-", "x-stainless-"};

/// Of the known fields those that say nothing but numbers, dates, entity tags and words of a closed list: in them an analyser
/// would only see names that are none. Of all others (file names, messages, targets) what it finds counts.
constexpr NameSet<41> closed_fields{{
    "accept-charset",    "accept-encoding",  "accept-language",      "accept-ranges",    "access-control-allow-credentials", "access-control-allow-methods",
    "access-control-max-age", "access-control-request-method", "age", "allow",           "content-encoding",  "content-language", "content-length",
    "content-range",     "date",             "deprecation",          "etag",             "expires",           "grpc-accept-encoding", "grpc-encoding",
    "grpc-previous-rpc-attempts", "grpc-retry-pushback-ms", "grpc-status", "grpc-timeout", "if-match",        "if-modified-since", "if-none-match",
    "if-range",          "if-unmodified-since", "last-modified",     "max-forwards",     "priority",          "range",            "retry-after",
    "retry-after-ms",    "strict-transport-security", "sunset",      "traceparent",      "x-content-type-options", "x-envoy-upstream-service-time", "x-should-retry",
}};
constexpr std::array<std::string_view, 2> closed_families{"anthropic-ratelimit-", "x-ratelimit-"};

/// Media types, with none of the parameters that say something of the content (`name`).
bool only_media_types(std::string_view value) {
    while (!value.empty()) {
        const auto end = std::min(value.find_first_of(",;"), value.size());
        const auto piece = trimmed(value.substr(0, end));
        value.remove_prefix(std::min(end + 1, value.size()));
        const auto name = piece.substr(0, piece.find('='));
        if (piece.find_first_of(" \t\"") != std::string_view::npos) return false;
        if (name.size() < piece.size() && !equal_fold(name, "q") && !equal_fold(name, "charset") && !equal_fold(name, "boundary")) return false;
    }
    return true;
}

bool starts_with_one(std::string_view name, std::span<const std::string_view> families) {
    return std::any_of(families.begin(), families.end(), [name](auto family) { return equal_fold(name.substr(0, family.size()), family); });
}

bool closed_field(const Fields::Line& line) {
    if (equal_fold(line.name, "content-type") || equal_fold(line.name, "accept")) return only_media_types(line.value);
    return closed_fields.has(line.name) || starts_with_one(line.name, closed_families);
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

/// What is not text cannot be inspected.
Status filter_opaque(const Place& place, const Treatment& treatment) {
    constexpr ClassSet opaque{ClassTree::opaque};
    if (treatment.findings) treatment.findings->saw(opaque, {}, place.text());
    if (treatment.observe || treatment.judgement->lowest(opaque).form == Form::clear) return {};
    return refuse_class(treatment, opaque, place);
}

/// Treats one piece of a target; it is written anew only if something in it changes.
Status filter_piece(std::string_view piece, const Place& place, const Treatment& treatment, bool form, std::string& out) {
    const std::string text = percent_decode(piece, form);
    if (find_invalid_utf8(text) != std::string_view::npos) {
        const Status opaque = filter_opaque(place, treatment);
        if (opaque.has_value()) out.append(piece);
        return opaque;
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

/// gRPC metadata whose name ends so is base64, padded or not; several values are joined by commas.
constexpr std::string_view binary_suffix = "-bin";

std::optional<std::string> decode_binary(std::string_view value) {
    while (value.ends_with('=')) value.remove_suffix(1);
    std::string url(value);
    std::replace(url.begin(), url.end(), '+', '-');
    std::replace(url.begin(), url.end(), '/', '_');
    const auto bytes = decode_base64url(url);
    if (!bytes) return std::nullopt;
    return std::string(bytes->begin(), bytes->end());
}

void encode_binary(std::string_view text, std::string& out) {
    std::string url;
    append_base64url(bytes_of(text), url);
    std::replace(url.begin(), url.end(), '-', '+');
    std::replace(url.begin(), url.end(), '_', '/');
    out.append(url);
}

/// `goes`: the field is not dropped on its way.
Status filter_binary_field(std::string_view value, const Place& place, const Treatment& treatment, bool goes, std::string& out) {
    for (bool more = true; more;) {
        const auto comma = value.find(',');
        more = comma != std::string_view::npos;
        const auto piece = value.substr(0, comma);
        if (more) value.remove_prefix(comma + 1);
        const auto first = std::min(piece.find_first_not_of(" \t"), piece.size());
        const auto text = decode_binary(piece.substr(first));
        if (!text || find_invalid_utf8(*text) != std::string::npos) {
            // Not what its name says it is: text as it stands, perhaps, and in any case nothing that can be inspected.
            if (treatment.observe) {
                std::string ignored;
                (void)rewrite_text(piece, place, {}, treatment, ignored);
            }
            const Status opaque = goes ? filter_opaque(place, treatment) : Status{};
            if (opaque.has_error()) return opaque;
            out.append(piece);
        } else {
            std::string treated;
            const Status done = rewrite_text(*text, place, {}, treatment, treated);
            if (done.has_error()) return done;
            if (treated == *text)
                out.append(piece);
            else
                encode_binary(treated, out);
        }
        if (more) out += ',';
    }
    return {};
}

Status filter_fields(Fields& fields, const Treatment& treatment, bool leaves_standing, HeadReport& report) {
    if (leaves_standing && !treatment.observe)
        fields.retain([&report](const Fields::Line& line) {
            if (known_field(line.name)) return true;
            if (report.dropped.size() < most_dropped) report.dropped.emplace_back(lower(line.name));
            return false;
        });
    if (!treatment.scanner) return {};
    Treatment of_closed = treatment;
    of_closed.analyses = nullptr;
    Fields treated_fields;
    bool changed = false;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto line = fields[i];
        std::string treated;
        const NamedPlace place(line.name);
        const bool binary = line.name.size() > binary_suffix.size() && equal_fold(line.name.substr(line.name.size() - binary_suffix.size()), binary_suffix);
        const bool goes = !leaves_standing || !treatment.observe || known_field(line.name);
        const Treatment& how = closed_field(line) ? of_closed : treatment;
        Status done = binary ? filter_binary_field(line.value, place, how, goes, treated) : rewrite_text(line.value, place, {}, how, treated);
        if (done.has_value() && !binary) done = inspect_quoted(line.value, place, how);
        if (done.has_error()) return done;
        if (treated != line.value) {
            changed = true;
            // A value that is written anew must not be able to end its line.
            if (treated.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
                return fault(Code::place_cannot_carry, "the header " + std::string(line.name) + " cannot carry the form that its value must take");
        }
        treated_fields.add(line.name, treated);
    }
    if (changed) fields = std::move(treated_fields);
    return {};
}

}  // namespace

bool known_field(std::string_view name) {
    return known_fields.has(name) || starts_with_one(name, known_families);
}

void observe_head(const RequestHead& head, const Treatment& treatment, bool leaves_standing) {
    RequestHead copy = head;
    Treatment watch = treatment;
    watch.observe = true;
    HeadReport ignored;
    // Observing replaces nothing and refuses nothing.
    (void)filter_head(copy, watch, leaves_standing, ignored);
}

Status filter_head(RequestHead& head, const Treatment& treatment, bool leaves_standing, HeadReport& report) {
    if (treatment.scanner) {
        Treatment of_path = treatment;
        std::optional<MaskOnly> mask_only;
        if (treatment.treater) of_path.treater = &mask_only.emplace(*treatment.treater, "the path cannot carry a sealed value");
        Status done = filter_pieces(head.path, "/", NamedPlace("path"), of_path, false);
        if (done.has_value() && head.has_query) done = filter_pieces(head.query, "&=;", NamedPlace("query"), treatment, true);
        if (done.has_error()) return done;
    }
    return filter_fields(head.fields, treatment, leaves_standing, report);
}

Status filter_head(ResponseHead& head, const Treatment& treatment, bool leaves_standing, HeadReport& report) {
    return filter_fields(head.fields, treatment, leaves_standing, report);
}

Status filter_trailers(Fields& trailers, const Treatment& treatment, bool leaves_standing, HeadReport& report) {
    return filter_fields(trailers, treatment, leaves_standing, report);
}

}  // namespace bordergate
