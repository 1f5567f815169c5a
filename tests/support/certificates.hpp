// A certificate authority of a test, made by openssl: it issues certificates, and says that they are good.
#pragma once

#include <string>

#include "tests/support/process.hpp"

namespace bordergate::testing {

class Authority {
  public:
    /// Writes `NAME.pem` and `NAME.key` of the authority into `folder`, which outlives it.
    explicit Authority(const Folder& folder, std::string name = "ca");
    /// Writes `WHO.pem` and `WHO.key`: extensions as openssl's -extfile takes them, one a line.
    void issue(const std::string& who, const std::string& extensions) const;
    /// Writes the OCSP response WHO.ocsp; `how`: e.g. `-ndays 2`.
    void staple(const std::string& who, const std::string& how) const;
    std::string pem() const { return folder_.path(name_ + ".pem"); }

  private:
    const Folder& folder_;
    std::string name_;
};

/// Runs a command line in the shell; fails the test if it fails.
std::string shell(const std::string& command);

/// An HTTP request over `openssl s_client` with `options`; all it printed, and the answer.
std::string s_client(std::uint16_t port, const std::string& options, const std::string& path = "/v1/x");

/// One element of a listener's `certificates`, or the inside of its `tls`, for a certificate in `folder`.
std::string shown_certificate(const Folder& folder, const std::string& who);

}  // namespace bordergate::testing
