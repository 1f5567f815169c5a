// Faults: every expected failure on the data path is one of these values. The table in fault.cpp gives
// each code its stable name, HTTP status, the side at fault and whether trying again can help.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace bordergate {

/// Who caused it.
enum class Side : std::uint8_t { client, upstream, border, node };

/// What went wrong. Names are stable: they are the `code` of error bodies, records and metrics.
enum class Code : std::uint8_t {
    framing_invalid,       ///< the message's framing is not safe to relay
    head_too_large,
    body_invalid,          ///< not the JSON, UTF-8 or coding it claims to be
    body_too_large,        ///< a held request over its bound
    client_timeout,
    client_gone,
    source_unknown,
    no_route,
    model_not_served,
    no_permit,             ///< no permit lets this class reach any candidate
    limited,               ///< a limit forbids it
    form_not_accepted,     ///< it may go, but only in a form the destination cannot use
    place_cannot_carry,    ///< the place (a header, a path) cannot carry the form required
    mask_unfit,            ///< the operator of the rule cannot mask this value
    opaque_refused,        ///< what cannot be inspected may not cross
    address_refused,       ///< the address connected to is not one the destination may have
    forwarding_loop,       ///< what would be dialled is this Bordergate itself
    rate_limited,
    overloaded,
    unauditable,           ///< the intent could not be made durable
    key_unavailable,
    analyser_failed,       ///< an external analyser did not say what a text holds, so the text stays
    upstream_unreachable,
    upstream_timeout,
    upstream_invalid,      ///< the upstream's answer is not safe to relay
    upstream_too_large,    ///< a held response over its bound
    upstream_gone,
    response_refused,      ///< the answer may not cross back
    draining,
    policy_changed,        ///< the configuration that now holds does not allow what was under way
    hedge_lost,            ///< another attempt of the same exchange was answered first; only records say so
    internal,
};

/// A failure as a value. Holds no payload: `detail` is made of our own words, names and numbers.
struct Fault {
    Code code = Code::internal;
    std::string detail;  ///< one sentence for a person
    std::string rule;    ///< id of the deciding rule, if a rule decided
    std::string cite;    ///< its legal reference, if it names one
    /// When to try again, where somebody knows it; else zero. Told as Retry-After, which is never below one second.
    std::chrono::seconds retry_after{0};
};

struct CodeInfo {
    std::string_view name;
    unsigned status;   ///< HTTP status of a refusal before the response began
    Side side;
    bool retryable;    ///< true: Retry-After is sent; false: `x-should-retry: false`
    std::string_view advice;  ///< what the developer can do about it, one sentence
};

const CodeInfo& info(Code code);
std::string_view to_string(Side side);

template <class T>
using Result = boost::system::result<T, Fault>;
using Status = Result<void>;

inline Fault fault(Code code, std::string detail) { return Fault{code, std::move(detail), {}, {}, {}}; }

/// Reached only through value() on a failed Result, which is a bug.
[[noreturn]] void throw_exception_from_error(const Fault& fault, const boost::source_location& where);

}  // namespace bordergate
