// A JSON Web Token in compact form (RFC 7519; RFC 7515, 3.1): taken apart, its claims checked, its signature verified.
// What it says counts for nothing until both were done. Nothing of it ever stands in a fault.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "filters/fault.hpp"
#include "proxy/jwt/jwk.hpp"

namespace bordergate {

struct Jwt {
    static constexpr std::size_t longest = 16 * 1024;

    JwtAlgorithm algorithm = JwtAlgorithm::es256;
    std::optional<std::string> kid;
    boost::json::object claims;
    std::string_view signed_part;  ///< of the token that was parsed, which must outlive it
    std::vector<std::uint8_t> signature;

    /// True if it has the three parts of one; a credential that has not is some other kind of key.
    static bool looks_like(std::string_view token);
    /// Faults source_unknown: it is malformed, over its bounds, has critical extensions (RFC 7515, 4.1.11), or is
    /// signed by an algorithm that is none of ours.
    static Result<Jwt> parse(std::string_view token);

    /// Checks algorithm, issuer, audience, times and demanded claims; `now` in seconds since the epoch. Faults
    /// source_unknown with what is wrong in words.
    Status check(const JwtMatch& demands, std::int64_t now) const;
    /// The second after which it is no longer valid, without leeway. Only after check().
    std::int64_t expiry() const;
    bool is_signed_by(const Jwk& key) const;
};

}  // namespace bordergate
