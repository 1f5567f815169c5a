#include "proxy/net/tls_server.hpp"

#include <openssl/sha.h>
#include <openssl/ssl.h>

#include <array>
#include <atomic>
#include <ctime>

#include "proxy/log.hpp"
#include "proxy/net/tls_certificate.hpp"
#include "proxy/net/tls_tickets.hpp"

namespace bordergate {

namespace {

struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using ContextPtr = std::unique_ptr<SSL_CTX, FreeContext>;

/// What the library's callbacks need of a context. Owned by it, so it lives as long as the last connection.
struct Shown {
    std::optional<Staple> staple;
    std::string file;
    std::atomic<bool> told_expired{false};
    CertificateNames names;           ///< of the listener's context only
    std::vector<ContextPtr> further;  ///< by index, less one
    bool strict = false;
};

void free_shown(void*, void* shown, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<Shown*>(shown); }

int shown_index() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_shown);
    return index;
}

void tell_expired(Shown& shown) {
    if (!shown.told_expired.exchange(true))
        log_warning("ocsp_expired", "the OCSP response of " + shown.file + " does not hold now and is not stapled");
}

int on_status_request(SSL* ssl, void* argument) {
    auto& shown = *static_cast<Shown*>(argument);
    if (!shown.staple->holds(std::time(nullptr))) {
        tell_expired(shown);
        return SSL_TLSEXT_ERR_NOACK;
    }
    const auto& der = shown.staple->der;
    void* copy = OPENSSL_memdup(der.data(), der.size());  // the library frees it
    if (!copy) return SSL_TLSEXT_ERR_NOACK;
    SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(der.size()));
    return SSL_TLSEXT_ERR_OK;
}

int on_server_name(SSL* ssl, int* alert, void* argument) {
    auto& shown = *static_cast<Shown*>(argument);
    const char* host = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    const auto found = host ? shown.names.find(host) : std::nullopt;
    if (!found) {
        *alert = SSL_AD_UNRECOGNIZED_NAME;
        return shown.strict ? SSL_TLSEXT_ERR_ALERT_FATAL : SSL_TLSEXT_ERR_NOACK;
    }
    if (*found > 0) SSL_set_SSL_CTX(ssl, shown.further[*found - 1].get());
    return SSL_TLSEXT_ERR_OK;
}

/// Certificate, key, chain and staple of one context. Its names are added to `names`.
Status show(SSL_CTX* context, const ServerCertificate& settings, const std::string& key_pem, std::size_t index,
            CertificateNames& names) {
    auto chain = read_certificates(settings.certificate);
    if (chain.has_error()) return chain.error();
    auto key = parse_private_key(key_pem);
    if (key.has_error()) return key.error();
    STACK_OF(X509)* further = sk_X509_new_null();
    for (std::size_t i = 1; i < chain->size(); ++i) sk_X509_push(further, (*chain)[i].get());
    const int used = SSL_CTX_use_cert_and_key(context, chain->front().get(), key->get(), further, 1);
    sk_X509_free(further);
    if (used != 1 || SSL_CTX_check_private_key(context) != 1)
        return openssl_fault("the certificate " + settings.certificate.string() + " cannot be used with its private key");
    names.add(chain->front().get(), index);
    auto* shown = static_cast<Shown*>(SSL_CTX_get_ex_data(context, shown_index()));
    shown->file = settings.certificate.string();
    if (!settings.ocsp) return {};
    auto staple = read_staple(*settings.ocsp, *chain);
    if (staple.has_error()) return staple.error();
    shown->staple = std::move(*staple);
    if (!shown->staple->holds(std::time(nullptr))) tell_expired(*shown);
    SSL_CTX_set_tlsext_status_cb(context, on_status_request);
    SSL_CTX_set_tlsext_status_arg(context, shown);
    return {};
}

/// Who may connect, and whose sessions may be resumed: those made for this listener under these very CAs.
Status ask_for_clients(SSL_CTX* context, const ServerTls& settings, const std::vector<X509Ptr>& authorities,
                       std::string_view listener) {
    std::string bound(listener);
    bound += settings.require_client_certificate ? '!' : '?';
    for (const auto& authority : authorities) {
        std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
        unsigned size = digest.size();
        if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) != 1 ||
            SSL_CTX_add_client_CA(context, authority.get()) != 1 ||
            X509_digest(authority.get(), EVP_sha256(), digest.data(), &size) != 1)
            return openssl_fault("the client CA " + settings.client_ca->string() + " cannot be used");
        bound.append(reinterpret_cast<const char*>(digest.data()), size);
    }
    if (settings.client_ca) {
        const int must = settings.require_client_certificate ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | must, nullptr);
    }
    std::array<unsigned char, SHA256_DIGEST_LENGTH> id{};
    static_assert(SHA256_DIGEST_LENGTH <= SSL_MAX_SID_CTX_LENGTH);
    SHA256(reinterpret_cast<const unsigned char*>(bound.data()), bound.size(), id.data());
    SSL_CTX_set_session_id_context(context, id.data(), id.size());
    return {};
}

}  // namespace

Result<ssl_ctx_st*> make_server_contexts(const ServerTls& settings, const std::vector<std::string>& keys,
                                         std::string_view listener, const std::function<void(ssl_ctx_st*)>& prepare) {
    std::vector<X509Ptr> authorities;
    if (settings.client_ca) {
        auto read = read_certificates(*settings.client_ca);
        if (read.has_error()) return read.error();
        authorities = std::move(*read);
    }
    std::vector<ContextPtr> contexts;
    CertificateNames names;
    for (std::size_t i = 0; i < settings.certificates.size(); ++i) {
        auto& context = contexts.emplace_back(SSL_CTX_new(TLS_server_method()));
        SSL_CTX_set_ex_data(context.get(), shown_index(), new Shown);
        prepare(context.get());
        use_tickets(context.get());
        Status done = show(context.get(), settings.certificates[i], keys[i], i, names);
        if (done.has_value()) done = ask_for_clients(context.get(), settings, authorities, listener);
        if (done.has_error()) return done.error();
    }
    ContextPtr first = std::move(contexts.front());
    auto* shown = static_cast<Shown*>(SSL_CTX_get_ex_data(first.get(), shown_index()));
    shown->names = std::move(names);
    shown->strict = settings.strict_sni;
    contexts.erase(contexts.begin());
    shown->further = std::move(contexts);
    SSL_CTX_set_tlsext_servername_callback(first.get(), on_server_name);
    SSL_CTX_set_tlsext_servername_arg(first.get(), shown);
    return first.release();
}

}  // namespace bordergate
