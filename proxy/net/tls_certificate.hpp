// Certificates as a listener shows them: read from PEM, told apart by the hosts they are valid for, and the OCSP
// response that says they are not revoked.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "filters/fault.hpp"

namespace bordergate {

struct FreeX509 {
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using X509Ptr = std::unique_ptr<X509, FreeX509>;
using PrivateKeyPtr = std::unique_ptr<EVP_PKEY, FreeX509>;

/// Certificates of a PEM file, in its order; at least one. Faults (internal) name the file.
Result<std::vector<X509Ptr>> read_certificates(const std::filesystem::path& file);

/// `what`, and what OpenSSL last said about it; its error queue is empty then.
Fault openssl_fault(std::string what);

/// A private key in PEM, unencrypted. Never names any of it.
Result<PrivateKeyPtr> parse_private_key(const std::string& pem);

/// An OCSP response (RFC 6960), to be shown with its certificate (RFC 6066, 8).
struct Staple {
    std::string der;
    std::int64_t from = 0, until = 0;  ///< seconds since the epoch; it holds in between
    bool holds(std::int64_t now) const { return from <= now && now < until; }
};

/// Reads and verifies the response for `chain`'s first certificate: signed by its issuer, which must be in the
/// chain, or by a responder that the issuer named; about this certificate; and good. Faults (internal) otherwise.
/// One whose time is over is read all the same and does not hold.
Result<Staple> read_staple(const std::filesystem::path& file, const std::vector<X509Ptr>& chain);

/// Which certificate is for which host: exact names, and wildcards in the place of one whole label (RFC 6125, 6.4.3).
class CertificateNames {
  public:
    /// Adds the DNS names of a certificate's SAN for `index`. A name that is there already stays with whom it is.
    void add(X509* certificate, std::size_t index);
    void add(std::string_view name, std::size_t index);
    /// The certificate for a host (any case, a dot at its end ignored); nothing if none names it.
    std::optional<std::size_t> find(std::string_view host) const;

  private:
    std::unordered_map<std::string, std::size_t> exact_, below_;  ///< below_: `example.org` for `*.example.org`
};

}  // namespace bordergate
