// The target of a request in one canonical form. What is judged is what is sent: dot segments are resolved,
// double slashes merged, needless escapes undone, and what two servers could read in two ways is refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "filters/fault.hpp"
#include "filters/message.hpp"

namespace bordergate {

/// Host and port of an authority. Hosts are lower case, IPv6 without brackets, no trailing dot.
struct HostPort {
    std::string host;
    std::optional<std::uint16_t> port;
};

/// Parses `host[:port]`; refuses user information, empty hosts and characters no host has.
Result<HostPort> parse_authority(std::string_view authority);

/// `host` or `host:port`, IPv6 in brackets, the port left out if it is the scheme's own.
std::string canonical_authority(const HostPort& authority, std::string_view scheme);

/// Path in canonical form. Faults framing_invalid for `%2F`, `%5C`, encoded controls, broken escapes,
/// backslashes, and dot segments that leave the root.
Result<std::string> canonical_path(std::string_view path);

/// Splits and canonicalises a request target (origin, absolute, authority or asterisk form; RFC 9112, 3.2)
/// into scheme, authority, path and query of `head`, whose `method` and fields are set. An absolute target
/// that contradicts Host is refused. `absolute` tells whether the target named its own authority.
Status set_target(RequestHead& head, std::string_view target, bool& absolute);

}  // namespace bordergate
