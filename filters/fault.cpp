#include "filters/fault.hpp"

#include <array>
#include <stdexcept>

namespace bordergate {

namespace {

constexpr std::string_view ask_operator =
    "Ask the operator of this Bordergate, quoting the attempt id; sending the same again will not help.";
constexpr std::string_view fix_request = "Correct the request; the message says what is wrong with it.";
constexpr std::string_view upstream_trouble = "The destination failed, not your request; try again later.";
constexpr std::string_view try_later = "Try again after the time in Retry-After.";

/// By Code. Nothing that policy decides is retryable; statuses are the one table of the README.
constexpr std::array<CodeInfo, static_cast<std::size_t>(Code::internal) + 1> table{{
    {"framing_invalid", 400, Side::client, false, fix_request},
    {"head_too_large", 431, Side::client, false, "Send fewer or shorter header fields."},
    {"body_invalid", 400, Side::client, false, fix_request},
    {"body_too_large", 413, Side::client, false, "Send a smaller body, or ask for a route that need not hold it."},
    {"client_timeout", 408, Side::client, false, "Send the request without long pauses."},
    {"client_gone", 400, Side::client, false, fix_request},
    {"source_unknown", 401, Side::client, false, "Check the API key, certificate or network you call from."},
    {"no_route", 403, Side::border, false, "Check the base URL and path against the routes of this Bordergate."},
    {"model_not_served", 403, Side::border, false, "Name a model that this route serves."},
    {"no_permit", 403, Side::border, false, "Leave that data out of the request, or ask the operator for a permit."},
    {"limited", 403, Side::border, false, "Leave that data out of the request; the rule named here forbids it."},
    {"form_not_accepted", 403, Side::border, false, "Leave that data out of the request, or use another destination."},
    {"place_cannot_carry", 403, Side::border, false, "Move that data from the path or header into the body."},
    {"mask_unfit", 403, Side::border, false, "Correct the value if it is no sound one of its kind; else ask the operator for a rule whose mask suits it."},
    {"opaque_refused", 403, Side::border, false, "Send text that can be inspected instead of media, token ids or archives."},
    {"address_refused", 403, Side::border, false, ask_operator},
    {"forwarding_loop", 403, Side::border, false, "Ask for a destination beyond this Bordergate; the address is its own."},
    {"rate_limited", 429, Side::border, true, try_later},
    {"overloaded", 503, Side::node, true, try_later},
    {"unauditable", 503, Side::node, true, "Nothing is sent while the audit log cannot be written. Try again later."},
    {"key_unavailable", 503, Side::node, false, ask_operator},
    {"analyser_failed", 503, Side::node, true, "Nothing is sent whose names and places could not be looked for. Try again later."},
    {"upstream_unreachable", 502, Side::upstream, true, upstream_trouble},
    {"upstream_timeout", 504, Side::upstream, true, upstream_trouble},
    {"upstream_invalid", 502, Side::upstream, false, upstream_trouble},
    {"upstream_too_large", 502, Side::upstream, false, "Ask for a shorter answer."},
    {"upstream_gone", 502, Side::upstream, true, upstream_trouble},
    {"response_refused", 403, Side::border, false, ask_operator},
    {"draining", 503, Side::node, true, try_later},
    {"policy_changed", 403, Side::border, false, "The rules changed while this was under way; ask again to be judged by those that hold now."},
    {"hedge_lost", 502, Side::upstream, true, upstream_trouble},
    {"internal", 500, Side::node, false, ask_operator},
}};

}  // namespace

const CodeInfo& info(Code code) { return table[static_cast<std::size_t>(code)]; }

std::string_view to_string(Side side) {
    switch (side) {
        case Side::client: return "client";
        case Side::upstream: return "upstream";
        case Side::border: return "border";
        case Side::node: return "node";
    }
    return "node";
}

void throw_exception_from_error(const Fault& fault, const boost::source_location&) {
    throw std::logic_error("a fault was not looked at: " + fault.detail);
}

}  // namespace bordergate
