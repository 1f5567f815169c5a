// The framing gate: it alone reads HTTP/1 heads. In one pass it checks a head's raw bytes and takes it apart, so that
// what was checked is what is used. A head that two implementations could read in two ways is refused here (RFC 9112;
// the smuggling cases are in the tests by name).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "filters/fault.hpp"
#include "filters/message.hpp"

namespace bordergate {

/// What the gate learnt of a head's framing.
struct Framing {
    unsigned minor_version = 1;  ///< HTTP/1.x
    bool chunked = false;
    std::optional<std::uint64_t> content_length;
    bool close = false;          ///< the connection ends after this message
    bool expects_continue = false;
};

/// Position just past the blank line that ends a head, or npos while it is incomplete. `scanned` bytes
/// were searched before.
std::size_t head_end(std::string_view bytes, std::size_t scanned);

/// Reads a whole request head, blank line included, into method and fields of `head`, and its target as received.
/// Both are overwritten. Faults framing_invalid with the reason; what they hold is then of no use.
Result<Framing> gate_request(std::string_view bytes, RequestHead& head, std::string& target);

/// Reads a whole response head of an upstream into `head`, which is overwritten, but for the reason phrase of its status
/// line. Faults upstream_invalid with the reason; what it holds is then of no use.
Result<Framing> gate_response(std::string_view bytes, ResponseHead& head);

/// True if `name` is a token (RFC 9110, 5.6.2) and so a field name or a method.
bool is_token(std::string_view name);

/// True if `value` may be a field's value: no control character but the tab (RFC 9110, 5.5).
bool is_field_value(std::string_view value);

}  // namespace bordergate
