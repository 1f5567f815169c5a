#include "proxy/net/tls.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <array>
#include <boost/asio/error.hpp>
#include <cstring>

#include "proxy/net/tls_certificate.hpp"
#include "proxy/net/tls_server.hpp"
#include "proxy/net/tls_sessions.hpp"
#include "proxy/net/tls_verification.hpp"

namespace bordergate {

namespace {

constexpr std::size_t record_size = 16 * 1024;
/// ECDSA first, since it is ten times cheaper to make; nothing with SHA-1.
constexpr const char* signatures =
    "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ed25519:RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:"
    "RSA+SHA512";

/// What is offered, or taken, in ALPN (RFC 7301), the preferred first. Static: connections may outlive their context's
/// maker.
const std::string_view& alpn(Protocols protocols) {
    static constexpr std::string_view http1 = "\x08http/1.1", http2 = "\x02h2", both = "\x02h2\x08http/1.1";
    if (!protocols.http2) return http1;
    return protocols.http1 ? both : http2;
}

/// A client that offers only protocols that are not spoken here is refused (RFC 7301, 3.2).
int choose_protocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void* spoken) {
    unsigned char* chosen = nullptr;
    const auto ours = *static_cast<const std::string_view*>(spoken);
    const auto found = SSL_select_next_proto(&chosen, size, reinterpret_cast<const unsigned char*>(ours.data()),
                                             static_cast<unsigned>(ours.size()), offered, offered_size);
    *out = chosen;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// What both sides share: protocol bounds, forward secrecy with AEAD, and buffers only while in use.
void harden(SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
    SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384");
    SSL_CTX_set1_sigalgs_list(context, signatures);
    SSL_CTX_set1_client_sigalgs_list(context, signatures);
    SSL_CTX_set_security_level(context, 2);  // no key below 112 bits, no SHA-1 in a chain
    // A chain that lacks its issuers is sent as it is: completing it would verify it in every handshake.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_read_ahead(context, 1);
}

/// Our certificate towards a destination.
Status use_certificate(SSL_CTX* context, const std::filesystem::path& chain, const std::string& key_pem) {
    if (SSL_CTX_use_certificate_chain_file(context, chain.c_str()) != 1)
        return openssl_fault("the certificate " + chain.string() + " cannot be used");
    const auto key = parse_private_key(key_pem);
    if (key.has_error()) return key.error();
    if (SSL_CTX_use_PrivateKey(context, key->get()) != 1) return openssl_fault("the private key does not fit the certificate");
    return {};
}

/// Erases a private key's text on every way out.
class Erasing {
  public:
    explicit Erasing(std::optional<std::string>& text) : text_(text) {}
    ~Erasing() {
        if (text_) OPENSSL_cleanse(text_->data(), text_->size());
    }
    Erasing(const Erasing&) = delete;
    Erasing& operator=(const Erasing&) = delete;

  private:
    std::optional<std::string>& text_;
};

class TlsStream final : public Stream {
  public:
    TlsStream(Socket socket, SSL* ssl) : Stream(std::move(socket)), ssl_(ssl) {
        SSL_set_fd(ssl_, static_cast<int>(socket_.native_handle()));
    }
    ~TlsStream() override {
        // Whatever way a good connection ends: the library forgets sessions of those that were not shut down.
        if (!failed_) SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        SSL_free(ssl_);
    }

    Task<ErrorCode> open() override {
        for (;;) {
            if (!is_open()) co_return boost::asio::error::bad_descriptor;
            ERR_clear_error();
            const int done = SSL_do_handshake(ssl_);
            if (done == 1) break;
            const Step step = blocked(done);
            if (step.want == Want::nothing) co_return step.error ? step.error : boost::asio::error::eof;
            const ErrorCode error = co_await wait(step.want);
            if (error) co_return error;
        }
        if (auto* certificate = SSL_get0_peer_certificate(ssl_)) identity_ = identity_of(certificate);
        co_return ErrorCode{};
    }

    Step try_read(std::span<char> into) override {
        if (!is_open()) return closed();
        ERR_clear_error();
        Step step;
        // Records are 16 KiB at most; several are taken while they are here, so that fewer writes follow.
        while (step.bytes < into.size()) {
            const auto rest = into.subspan(step.bytes);
            const int got = SSL_read(ssl_, rest.data(), static_cast<int>(rest.size()));
            if (got <= 0) return step.bytes > 0 ? step : blocked(got);
            step.bytes += static_cast<std::size_t>(got);
            if (!SSL_has_pending(ssl_)) break;
        }
        return step;
    }

    Step try_write(std::span<const iovec> parts) override {
        if (!is_open()) return closed();
        ERR_clear_error();
        thread_local std::array<char, record_size> gathered;
        std::size_t size = 0;
        for (const auto& part : parts) {
            const auto taken = std::min(part.iov_len, gathered.size() - size);
            std::memcpy(gathered.data() + size, part.iov_base, taken);
            size += taken;
        }
        if (size == 0) return {};
        const int put = SSL_write(ssl_, gathered.data(), static_cast<int>(size));
        if (put <= 0) return blocked(put);
        Step step;
        step.bytes = static_cast<std::size_t>(put);
        return step;
    }

    void finish() override {
        if (!is_open()) return;
        ERR_clear_error();
        SSL_shutdown(ssl_);
        Stream::finish();
    }

    bool secure() const override { return true; }
    std::string_view protocol() const override {
        const unsigned char* name = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(ssl_, &name, &size);
        return {reinterpret_cast<const char*>(name), size};
    }
    bool has_buffered() const override { return SSL_has_pending(ssl_) == 1; }
    const PeerIdentity& identity() const override { return identity_; }

  private:
    /// The library knows the descriptor's number, which may be another connection's by now.
    static Step closed() {
        Step step;
        step.error = boost::asio::error::bad_descriptor;
        return step;
    }

    Step blocked(int result) {
        Step step;
        const int why = SSL_get_error(ssl_, result);
        if (why == SSL_ERROR_SSL) failed_ = true;
        switch (why) {
            case SSL_ERROR_WANT_READ: step.want = Want::readable; break;
            case SSL_ERROR_WANT_WRITE: step.want = Want::writable; break;
            case SSL_ERROR_ZERO_RETURN: step.end = true; break;
            case SSL_ERROR_SYSCALL:
                step.error = errno ? ErrorCode(errno, boost::system::system_category())
                                   : ErrorCode(boost::asio::error::connection_reset);
                break;
            default: step.error = ErrorCode(EPROTO, boost::system::system_category()); break;
        }
        ERR_clear_error();
        return step;
    }

    SSL* ssl_;
    PeerIdentity identity_;
    bool failed_ = false;
};

}  // namespace

TlsContext::TlsContext(ssl_ctx_st* context, bool is_server, std::string server_name)
    : context_(context), is_server_(is_server), server_name_(std::move(server_name)) {}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

Result<TlsContextPtr> TlsContext::server(const ServerTls& settings, Protocols protocols, std::vector<std::string> keys,
                                         std::string_view listener) {
    const auto prepare = [protocols](ssl_ctx_st* context) {
        harden(context);
        SSL_CTX_set_alpn_select_cb(context, choose_protocol, const_cast<std::string_view*>(&alpn(protocols)));
    };
    const auto context = make_server_contexts(settings, keys, listener, prepare);
    for (auto& key : keys) OPENSSL_cleanse(key.data(), key.size());
    if (context.has_error()) return context.error();
    return TlsContextPtr(new TlsContext(*context, true, {}));
}

Result<TlsContextPtr> TlsContext::client(const UpstreamTls& settings, Protocols protocols, std::string server_name,
                                         std::optional<std::string>&& key_pem) {
    const Erasing erasing(key_pem);
    std::shared_ptr<TlsContext> made(new TlsContext(SSL_CTX_new(TLS_client_method()), false, std::move(server_name)));
    made->check_host_ = !settings.spiffe_id;
    harden(made->context_);
    const bool trusted = settings.ca ? SSL_CTX_load_verify_locations(made->context_, settings.ca->c_str(), nullptr) == 1
                                     : SSL_CTX_set_default_verify_paths(made->context_) == 1;
    if (!trusted) return openssl_fault("the CA " + (settings.ca ? settings.ca->string() : "store") + " cannot be used");
    verify_peers(made->context_, {settings.spiffe_id, settings.pins});
    keep_sessions(made->context_);
    made->offered_ = protocols;
    if (settings.certificate && key_pem) {
        const Status used = use_certificate(made->context_, *settings.certificate, *key_pem);
        if (used.has_error()) return used.error();
    }
    return TlsContextPtr(std::move(made));
}

StreamPtr TlsContext::stream(Socket socket) const { return stream(std::move(socket), offered_); }

StreamPtr TlsContext::stream(Socket socket, Protocols offered) const {
    SSL* ssl = SSL_new(context_);
    if (is_server_) {
        SSL_set_accept_state(ssl);
    } else {
        SSL_set_connect_state(ssl);
        const auto& names = alpn(offered);
        SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(names.data()), static_cast<unsigned>(names.size()));
        unsigned char address[16];
        const bool numeric = inet_pton(AF_INET, server_name_.c_str(), address) == 1 ||
                             inet_pton(AF_INET6, server_name_.c_str(), address) == 1;
        if (!numeric) SSL_set_tlsext_host_name(ssl, server_name_.c_str());
        if (check_host_ && numeric) X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), server_name_.c_str());
        if (check_host_ && !numeric) SSL_set1_host(ssl, server_name_.c_str());
        offer_session(ssl);
    }
    return std::make_unique<TlsStream>(std::move(socket), ssl);
}

}  // namespace bordergate
