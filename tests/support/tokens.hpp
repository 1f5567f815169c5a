// An issuer of tokens: a key of its own, its JWK, and JWTs signed with it by OpenSSL, whatever they claim.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>

#include "config/settings.hpp"

namespace bordergate::testing {

class Issuer {
  public:
    explicit Issuer(JwtAlgorithm algorithm, std::string kid = "k1");
    /// The public key, without braces; `more` is put behind its members.
    std::string jwk(const std::string& more = "") const;
    /// A set of this key alone.
    std::string jwks(const std::string& more = "") const { return "{\"keys\":[{" + jwk(more) + "}]}"; }
    /// A token with these claims (JSON) and the header that fits, or another.
    std::string token(const std::string& claims) const;
    std::string token_with(const std::string& header, const std::string& claims) const;
    /// The private key.
    std::string pem() const { return pem_of(key_.get()); }
    /// A private RSA key of 1024 bits.
    static std::string short_key();
    /// Claims that are good for issuer `joe` and audience `gate` from an hour ago for `seconds` from now.
    static std::string claims(long seconds = 600, const std::string& more = "");

  private:
    static std::string pem_of(EVP_PKEY* key);
    JwtAlgorithm algorithm_;
    std::string kid_;
    std::shared_ptr<EVP_PKEY> key_;
};

std::string base64url(const std::string& text);

}  // namespace bordergate::testing
