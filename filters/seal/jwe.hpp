// Sealing of fields and whole bodies: JWE compact serialisation (RFC 7516), A256GCM content encryption,
// A256KW or ECDH-ES+A256KW (P-256) key management. `zip` is refused. The context stands in the protected
// header under `bg` (`{"v":1,"jur":…,"ten":…,"cls":…,"con":…,"pol":…}`) and is checked before opening.
#pragma once

#include <string>
#include <string_view>

#include "filters/fault.hpp"
#include "filters/seal/key_ring.hpp"

namespace bordergate {

/// Appends a compact JWE of `plaintext` to `out`. Fault key_unavailable if the ring cannot seal.
Status seal_jwe(const KeyRing& ring, const SealContext& context, std::string_view plaintext, std::string& out);

/// Opens a compact JWE and appends its plaintext. The context must equal `expected` except for its policy
/// digest; otherwise, and for any damage, a fault, and nothing is appended.
Status open_jwe(const KeyRing& ring, const SealContext& expected, std::string_view token, std::string& out);

/// The context a token claims (not yet authenticated) and its `kid`; for choosing the ring.
struct SealedClaims {
    std::string kid;
    SealContext context;
};
Result<SealedClaims> claims_of(std::string_view token);

/// True if `text` has the shape of a compact JWE whose header carries our context.
bool looks_sealed(std::string_view text);

}  // namespace bordergate
