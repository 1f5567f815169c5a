// The public keys of an issuer: a JWK Set (RFC 7517; RFC 7518, 6; RFC 8037), read strictly and kept ready to verify.
#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "filters/fault.hpp"

namespace bordergate {

struct FreePublicKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

/// One public key that can verify signatures.
struct Jwk {
    enum class Kind : std::uint8_t { p256, p384, p521, rsa, ed25519 };
    Kind kind = Kind::p256;
    std::string kid;                   ///< empty: it has none
    std::optional<JwtAlgorithm> only;  ///< the one algorithm it is for, if it says so
    std::unique_ptr<EVP_PKEY, FreePublicKey> key;

    /// True if it may verify signatures by `algorithm`.
    bool serves(JwtAlgorithm algorithm) const;
};

/// By their names of RFC 7518 and 8037; nothing for any other, `none` and HS256 among them.
std::optional<JwtAlgorithm> jwt_algorithm(std::string_view name);

class KeySet {
  public:
    static constexpr std::size_t longest = 1024 * 1024, most_keys = 256;
    /// Keys of an unknown type, for another use, shared, private, weak or malformed are passed over (RFC 7517, 5).
    /// If none is
    /// left, the issuer has withdrawn them all. Faults body_invalid if it is no JWK Set, or is over the bounds.
    static Result<KeySet> parse(std::string_view json);

    bool empty() const { return keys_.empty(); }

    /// The keys that a token with this header may be verified by. Without a kid there must be one key only that
    /// serves the algorithm, else none does.
    std::vector<const Jwk*> find(const std::optional<std::string>& kid, JwtAlgorithm algorithm) const;

  private:
    std::vector<Jwk> keys_;
};

}  // namespace bordergate
