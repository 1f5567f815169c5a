#include "proxy/net/tls_verification.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>

namespace bordergate {

namespace {

bool signs_others(X509* certificate) {
    const auto flags = X509_get_extension_flags(certificate);
    if (flags & EXFLAG_CA) return true;
    return (flags & EXFLAG_KUSAGE) && (X509_get_key_usage(certificate) & (KU_KEY_CERT_SIGN | KU_CRL_SIGN));
}

bool is_pinned(X509* certificate, const std::vector<SpkiPin>& pins) {
    unsigned char* der = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    SpkiPin digest{};
    unsigned digest_size = 0;
    const bool made = size > 0 && EVP_Digest(der, static_cast<std::size_t>(size), digest.data(), &digest_size, EVP_sha256(), nullptr) == 1;
    OPENSSL_free(der);
    return made && std::find(pins.begin(), pins.end(), digest) != pins.end();
}

bool meets(X509_STORE_CTX* verified, const PeerDemands& demands) {
    if (demands.spiffe_id && identity_of(X509_STORE_CTX_get0_cert(verified)).spiffe_id != *demands.spiffe_id) return false;
    if (demands.pins.empty()) return true;
    const auto* chain = X509_STORE_CTX_get0_chain(verified);
    for (int i = 0; i < sk_X509_num(chain); ++i)
        if (is_pinned(sk_X509_value(chain, i), demands.pins)) return true;
    return false;
}

void free_demands(void*, void* demands, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<PeerDemands*>(demands); }

int demands_index() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_demands);
    return index;
}

/// Called for each certificate; the whole chain is known when the last one, the peer's own, was found good.
int on_verified(int good, X509_STORE_CTX* verified) {
    if (good != 1 || X509_STORE_CTX_get_error_depth(verified) != 0) return good;
    const auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(verified, SSL_get_ex_data_X509_STORE_CTX_idx()));
    const auto* demands = static_cast<PeerDemands*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), demands_index()));
    if (demands && meets(verified, *demands)) return 1;
    X509_STORE_CTX_set_error(verified, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
}

}  // namespace

PeerIdentity identity_of(X509* certificate) {
    PeerIdentity identity;
    std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
    X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
    char* text = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &text);
    identity.subject.assign(text, static_cast<std::size_t>(size));
    auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    int uris = 0;
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names); ++i) {
        const auto* name = sk_GENERAL_NAME_value(names, i);
        if (name->type != GEN_URI) continue;
        ++uris;
        const auto* uri = name->d.uniformResourceIdentifier;
        identity.spiffe_id.assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                                  static_cast<std::size_t>(ASN1_STRING_length(uri)));
    }
    GENERAL_NAMES_free(names);
    if (uris != 1 || !identity.spiffe_id.starts_with("spiffe://") || signs_others(certificate)) identity.spiffe_id.clear();
    return identity;
}

void verify_peers(ssl_ctx_st* context, PeerDemands demands) {
    SSL_CTX_set_ex_data(context, demands_index(), new PeerDemands(std::move(demands)));
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, on_verified);
}

}  // namespace bordergate
