// Fetches an issuer's keys over https. Control traffic only: it carries no request's data.
#pragma once

#include <stop_token>
#include <string>

#include "config/settings.hpp"
#include "filters/fault.hpp"

namespace bordergate {

/// The body of a 200 answer, at most `longest` bytes. Blocks for at most `keys.timeout`; `stop` ends it early. The
/// server's certificate is always verified; redirects and proxies of the environment are not followed. Faults
/// key_unavailable with why in words.
Result<std::string> fetch_keys(const JwtKeys& keys, std::size_t longest, const std::stop_token& stop);

}  // namespace bordergate
