// What a peer's certificate says of it, and what a destination's must say beside being trusted: its host's name, or
// its SPIFFE ID, and keys that are pinned.
#pragma once

#include <openssl/x509.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/net/stream.hpp"

struct ssl_ctx_st;

namespace bordergate {

/// Subject and SPIFFE ID of a verified certificate. The ID is given only by an X.509-SVID (SPIFFE X509-SVID, 2, 4 and
/// 5): one URI SAN and no more, a leaf, and a key that signs neither certificates nor revocation lists.
PeerIdentity identity_of(X509* certificate);

using SpkiPin = std::array<std::uint8_t, 32>;  ///< SHA-256 of a SubjectPublicKeyInfo (RFC 7469, 2.4)

/// What a destination's chain must show although it is trusted.
struct PeerDemands {
    std::optional<std::string> spiffe_id;  ///< of its certificate
    std::vector<SpkiPin> pins;             ///< one of them is of a key in the verified chain; none: any key
};

/// Makes every full handshake of a client's context fail where the demands are not met, before anything is sent.
/// The context owns them then. Its peer is verified in any case.
void verify_peers(ssl_ctx_st* context, PeerDemands demands);

}  // namespace bordergate
