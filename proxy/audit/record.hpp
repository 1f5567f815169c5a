// One record of the audit log, and its NDJSON line: stable field names, no payload, at most 65,535 bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "filters/findings.hpp"

namespace bordergate {

enum class RecordKind : std::uint8_t { intent, dialled, outcome, event };
enum class Verdict : std::uint8_t { clear, masked, sealed, rerouted, refused, cut };
std::string_view to_string(RecordKind kind);
std::string_view to_string(Verdict verdict);

/// What one class may become in this crossing: the ceiling an intent promises.
struct Ceiling {
    std::string_view data;
    std::string_view form;
    std::string_view rule;  ///< empty: at home or no permit
    std::string_view law;
    std::string_view cite;
};

/// Members are views: a record is rendered at once by append and never stored. Empty members are left out.
struct Record {
    RecordKind kind = RecordKind::intent;
    std::string_view attempt;   ///< `INSTANCE-EPOCH-N`; names instance and log
    std::string_view hedge_of;  ///< the attempt beside which this one was made, for the same exchange
    std::int64_t time_us = 0;   ///< microseconds since the epoch
    std::string_view direction; ///< `request` or `response`
    std::string_view source, tenant, purpose;
    std::string_view client_address;            ///< personal: separable (`subject` object in the line)
    std::string_view route, destination, asked; ///< `asked`: the destination asked for, if rerouted
    std::string_view from_location, from_operator, to_location, to_operator;
    std::string_view method, authority;         ///< no path, no query: they can hold payload
    std::string_view address;                   ///< the address dialled
    std::string_view plan, verdict, form;
    std::string_view rule, law, cite, code, detail;
    std::string_view ceilings;  ///< rendered, see below
    std::string_view policy_digest;
    const Findings* findings = nullptr;  ///< in the request
    const Findings* answer = nullptr;    ///< in the answer
    std::vector<std::string_view> classes;  ///< what the request was found or declared to hold
    const std::vector<std::string>* dropped_fields = nullptr;
    bool credentials_forwarded = false;
    unsigned status = 0;
    std::uint64_t bytes_out = 0, bytes_in = 0;  ///< body bytes sent to the destination, and back to the source
    std::uint64_t messages_out = 0, messages_in = 0;  ///< of a session: messages that crossed
    std::int64_t duration_us = -1;
    std::uint64_t count = 0;                    ///< aggregated events: how many
    std::string_view model;
};

/// Appends the line, newline included. Strings are escaped; what would pass 65,535 bytes is shortened in
/// its lists (pointers, dropped fields, ceilings) and says so with `"shortened":true`.
void render(const Record& record, std::string& out);

/// Appends the ceilings as a record holds them. Nothing for none.
void render(const std::vector<Ceiling>& ceilings, std::string& out);

}  // namespace bordergate
