// What is said to a token endpoint, and what it answers: OAuth 2.0 client credentials (RFC 6749, 4.4) and JWT bearer grants
// (RFC 7523, 2.1). No I/O. Neither a secret nor a token is ever part of a fault.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "config/signing.hpp"
#include "filters/fault.hpp"
#include "proxy/remote/control_request.hpp"

namespace bordergate {

/// Fault key_unavailable if `secret` is nothing that a request of `grant` can be made with: empty, or for a JWT no RSA key of
/// at least 2048 bits in PEM.
Status check_grant(const TokenGrant& grant, const std::string& secret);

/// The request for a token at `now` (seconds since the epoch). Fault key_unavailable as above.
Result<ControlRequest> grant_request(const TokenGrant& grant, const std::string& secret, std::int64_t now);

/// A token as it is shown, and for how long it may be.
struct GrantedToken {
    std::string authorization;  ///< `Bearer …`
    std::chrono::seconds lifetime{0};
};

/// Fault key_unavailable if the endpoint gave no token that can be used: another status than 200, another type than bearer,
/// characters that no field can carry, or a lifetime that is over. Without `expires_in` a token counts for five minutes.
Result<GrantedToken> read_grant(const ControlAnswer& answer);

}  // namespace bordergate
