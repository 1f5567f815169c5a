#include "filters/dialect/grpc.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "filters/dialect/refusal.hpp"

namespace bordergate {

namespace {

enum Status : unsigned char {
    cancelled = 1,
    invalid_argument = 3,
    deadline_exceeded = 4,
    permission_denied = 7,
    resource_exhausted = 8,
    internal_error = 13,
    unavailable = 14,
    unauthenticated = 16,
};

/// By Code.
constexpr std::array<Status, static_cast<std::size_t>(Code::internal) + 1> statuses{{
    invalid_argument,    // framing_invalid
    resource_exhausted,  // head_too_large
    invalid_argument,    // body_invalid
    resource_exhausted,  // body_too_large
    deadline_exceeded,   // client_timeout
    cancelled,           // client_gone
    unauthenticated,     // source_unknown
    permission_denied,   // no_route
    permission_denied,   // model_not_served
    permission_denied,   // no_permit
    permission_denied,   // limited
    permission_denied,   // form_not_accepted
    permission_denied,   // place_cannot_carry
    permission_denied,   // mask_unfit
    permission_denied,   // opaque_refused
    permission_denied,   // address_refused
    permission_denied,   // forwarding_loop
    resource_exhausted,  // rate_limited
    unavailable,         // overloaded
    unavailable,         // unauditable
    unavailable,         // key_unavailable
    unavailable,         // analyser_failed
    unavailable,         // upstream_unreachable
    deadline_exceeded,   // upstream_timeout
    internal_error,      // upstream_invalid
    resource_exhausted,  // upstream_too_large
    unavailable,         // upstream_gone
    permission_denied,   // response_refused
    unavailable,         // draining
    permission_denied,   // policy_changed
    unavailable,         // hedge_lost
    internal_error,      // internal
}};
// A code that is missing here would be told as OK.
static_assert(std::none_of(statuses.begin(), statuses.end(), [](Status one) { return one == 0; }));

bool is_grpc(std::string_view content_type) {
    constexpr std::string_view grpc = "application/grpc";
    if (!equal_fold(content_type.substr(0, grpc.size()), grpc)) return false;
    // grpc-web has frames of its own for its trailers.
    return content_type.size() == grpc.size() || content_type[grpc.size()] != '-';
}

class GrpcDialect final : public Dialect {
  public:
    std::string_view name() const override { return "grpc"; }
    std::span<const DialectEndpoint> endpoints() const override { return {}; }

    RenderedRefusal refuse(const Fault& fault, const RefusalContext& context) const override {
        RenderedRefusal rendered;
        rendered.content_type = "application/grpc";
        rendered.status = 200;
        rendered.fields = said(fault, context);
        return rendered;
    }

    std::string cut(const Fault&, const RefusalContext&, std::string_view) const override { return {}; }

    Fields cut_trailers(const Fault& fault, const RefusalContext& context, std::string_view content_type) const override {
        if (!is_grpc(content_type)) return {};
        Fields trailers = said(fault, context);
        trailers.add("bordergate-code", info(fault.code).name);
        if (!fault.rule.empty()) trailers.add("bordergate-rule", fault.rule);
        return trailers;
    }

  private:
    static Fields said(const Fault& fault, const RefusalContext& context) {
        Fields fields;
        fields.add("grpc-status", std::to_string(grpc_status(fault.code)));
        fields.add("grpc-message", grpc_message(refusal_sentence(fault, context)));
        return fields;
    }
};

}  // namespace

const Dialect& grpc_dialect() {
    static const GrpcDialect only;
    return only;
}

const Dialect* native_dialect(const RequestHead& request) {
    const auto type = request.fields.get("content-type");
    return type && is_grpc(*type) ? &grpc_dialect() : nullptr;
}

unsigned grpc_status(Code code) { return statuses[static_cast<std::size_t>(code)]; }

std::string grpc_message(std::string_view text) {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const unsigned char c : text) {
        if (c >= 0x20 && c <= 0x7e && c != '%')
            out += static_cast<char>(c);
        else
            ((out += '%') += digits[c >> 4]) += digits[c & 15];
    }
    return out;
}

std::optional<std::chrono::nanoseconds> grpc_timeout(std::string_view value) {
    using namespace std::chrono;
    if (value.size() < 2 || value.size() > 9) return std::nullopt;
    const char unit = value.back();
    const auto digits = value.substr(0, value.size() - 1);
    if (!std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
    long long amount = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), amount);
    // Eight digits of hours are more nanoseconds than 64 bits count, and more time than anybody waits.
    constexpr long long most_hours = 1'000'000;
    switch (unit) {
        case 'H': return hours(std::min(amount, most_hours));
        case 'M': return minutes(amount);
        case 'S': return seconds(amount);
        case 'm': return milliseconds(amount);
        case 'u': return microseconds(amount);
        case 'n': return nanoseconds(amount);
        default: return std::nullopt;
    }
}

}  // namespace bordergate
