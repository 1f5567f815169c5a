#include "proxy/net/tls_certificate.hpp"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <fstream>

#include "filters/ascii.hpp"

namespace bordergate {

namespace {

using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;

constexpr std::streamsize largest_staple = 64 * 1024;

std::int64_t seconds_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (!time || ASN1_TIME_to_tm(time, &parts) != 1) return 0;
    return timegm(&parts);
}

/// The issuer of the first certificate, or null if it is not in the chain.
X509* issuer_in(const std::vector<X509Ptr>& chain) {
    for (const auto& one : chain)
        if (X509_check_issued(one.get(), chain.front().get()) == X509_V_OK) return one.get();
    return nullptr;
}

/// The response is signed by the issuer or by a responder it delegated; nobody else is trusted.
bool is_signed_for(OCSP_BASICRESP* response, X509* issuer) {
    std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> trust(X509_STORE_new(), X509_STORE_free);
    X509_STORE_add_cert(trust.get(), issuer);
    X509_STORE_set_flags(trust.get(), X509_V_FLAG_PARTIAL_CHAIN);
    STACK_OF(X509)* signers = sk_X509_new_null();
    sk_X509_push(signers, issuer);
    const bool good = OCSP_basic_verify(response, signers, trust.get(), 0) == 1;
    sk_X509_free(signers);
    return good;
}

}  // namespace

Fault openssl_fault(std::string what) {
    std::array<char, 256> text{};
    if (const auto code = ERR_peek_last_error()) ERR_error_string_n(code, text.data(), text.size());
    ERR_clear_error();
    if (text[0] != '\0') what.append(": ").append(text.data());
    return fault(Code::internal, std::move(what));
}

Result<std::vector<X509Ptr>> read_certificates(const std::filesystem::path& file) {
    const BioPtr bio(BIO_new_file(file.c_str(), "r"), BIO_free);
    if (!bio) return openssl_fault("cannot read " + file.string());
    std::vector<X509Ptr> found;
    while (X509* one = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) found.emplace_back(one);
    const auto ended = ERR_peek_last_error();
    if (found.empty() || ERR_GET_LIB(ended) != ERR_LIB_PEM || ERR_GET_REASON(ended) != PEM_R_NO_START_LINE)
        return openssl_fault("the certificate " + file.string() + " cannot be used");
    ERR_clear_error();
    return found;
}

Result<PrivateKeyPtr> parse_private_key(const std::string& pem) {
    const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    // Without a callback the library would ask the terminal for a passphrase.
    const auto no_passphrase = [](char*, int, int, void*) { return -1; };
    PrivateKeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
    if (!key) return openssl_fault("the private key is not unencrypted PEM");
    return key;
}

Result<Staple> read_staple(const std::filesystem::path& file, const std::vector<X509Ptr>& chain) {
    const auto refuse = [&file](const std::string& why) { return openssl_fault("the OCSP response " + file.string() + " " + why); };
    std::ifstream in(file, std::ios::binary);
    Staple staple;
    staple.der.resize(static_cast<std::size_t>(largest_staple));
    in.read(staple.der.data(), largest_staple);
    if (in.gcount() == 0 || in.gcount() == largest_staple) return refuse("cannot be read, is empty or longer than 64 KiB");
    staple.der.resize(static_cast<std::size_t>(in.gcount()));
    const auto* bytes = reinterpret_cast<const unsigned char*>(staple.der.data());
    std::unique_ptr<OCSP_RESPONSE, decltype(&OCSP_RESPONSE_free)> response(
        d2i_OCSP_RESPONSE(nullptr, &bytes, static_cast<long>(staple.der.size())), OCSP_RESPONSE_free);
    if (!response || OCSP_response_status(response.get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL) return refuse("is not a successful one in DER");
    std::unique_ptr<OCSP_BASICRESP, decltype(&OCSP_BASICRESP_free)> basic(OCSP_response_get1_basic(response.get()), OCSP_BASICRESP_free);
    X509* issuer = issuer_in(chain);
    if (!issuer) return refuse("cannot be verified: the certificate's file does not hold its issuer");
    if (!basic || !is_signed_for(basic.get(), issuer)) return refuse("is not signed by the certificate's issuer");
    std::unique_ptr<OCSP_CERTID, decltype(&OCSP_CERTID_free)> id(OCSP_cert_to_id(nullptr, chain.front().get(), issuer), OCSP_CERTID_free);
    int status = -1, reason = -1;
    ASN1_GENERALIZEDTIME *revoked = nullptr, *from = nullptr, *until = nullptr;
    if (OCSP_resp_find_status(basic.get(), id.get(), &status, &reason, &revoked, &from, &until) != 1)
        return refuse("is about another certificate");
    if (status != V_OCSP_CERTSTATUS_GOOD) return refuse("does not say that the certificate is good");
    staple.from = seconds_of(from);
    staple.until = seconds_of(until);  // none: newer information is always there (RFC 6960, 4.2.2.1), so it never holds
    return staple;
}

void CertificateNames::add(X509* certificate, std::size_t index) {
    auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names); ++i) {
        const auto* name = sk_GENERAL_NAME_value(names, i);
        if (name->type != GEN_DNS) continue;
        add(std::string_view(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                             static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName))),
            index);
    }
    GENERAL_NAMES_free(names);
}

void CertificateNames::add(std::string_view name, std::size_t index) {
    if (name.starts_with("*."))
        below_.try_emplace(lower(name.substr(2)), index);
    else
        exact_.try_emplace(lower(name), index);
}

std::optional<std::size_t> CertificateNames::find(std::string_view host) const {
    if (host.ends_with('.')) host.remove_suffix(1);
    const auto name = lower(host);
    if (const auto found = exact_.find(name); found != exact_.end()) return found->second;
    const auto dot = name.find('.');
    if (dot == 0 || dot == std::string::npos) return std::nullopt;
    if (const auto found = below_.find(name.substr(dot + 1)); found != below_.end()) return found->second;
    return std::nullopt;
}

}  // namespace bordergate
