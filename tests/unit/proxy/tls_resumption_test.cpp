// For how long sessions are resumed without a full handshake, on either side, in memory.
#include <openssl/ssl.h>

#include <catch2/catch.hpp>
#include <memory>

#include "proxy/net/tls_sessions.hpp"
#include "proxy/net/tls_tickets.hpp"

using namespace bordergate;

namespace {

struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* connection) const { SSL_free(connection); }
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

constexpr std::time_t minute = 60;
std::time_t now_there = 0;
std::time_t time_there() { return now_there; }

/// A server and a client that trusts everybody.
struct Pair {
    explicit Pair(int version) : server(SSL_CTX_new(TLS_server_method())), client(SSL_CTX_new(TLS_client_method())) {
        const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
        const Owned<X509> certificate(X509_new());
        X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -minute);
        X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 60 * minute);
        X509_set_pubkey(certificate.get(), key.get());
        REQUIRE(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
        REQUIRE(SSL_CTX_use_certificate(server.get(), certificate.get()) == 1);
        REQUIRE(SSL_CTX_use_PrivateKey(server.get(), key.get()) == 1);
        for (auto* context : {server.get(), client.get()}) {
            SSL_CTX_set_min_proto_version(context, version);
            SSL_CTX_set_max_proto_version(context, version);
            SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
        }
        use_tickets(server.get(), time_there);
        // The library's own keys renew every ticket in TLS 1.3, as ours do with what the key before has sealed.
        SSL_CTX_set_tlsext_ticket_key_evp_cb(server.get(), nullptr);
    }

    /// A connection up to where the client has its ticket: its end. `prepare` sees it before it begins.
    template <class Prepare>
    Owned<SSL> connect(Prepare prepare) const {
        Owned<SSL> here(SSL_new(client.get())), there(SSL_new(server.get()));
        BIO *near = nullptr, *far = nullptr;
        REQUIRE(BIO_new_bio_pair(&near, 0, &far, 0) == 1);
        SSL_set_bio(here.get(), near, near);
        SSL_set_bio(there.get(), far, far);
        SSL_set_connect_state(here.get());
        SSL_set_accept_state(there.get());
        prepare(here.get());
        for (int step = 0; step < 10; ++step) {
            char byte = 0;
            SSL_read(here.get(), &byte, 1);
            SSL_read(there.get(), &byte, 1);
        }
        REQUIRE((SSL_is_init_finished(here.get()) && SSL_is_init_finished(there.get())));
        CHECK(SSL_session_reused(here.get()) == SSL_session_reused(there.get()));
        // As streams do: what was not shut down is not resumed.
        for (auto* end : {here.get(), there.get()}) SSL_set_shutdown(end, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        return here;
    }

    Owned<SSL_CTX> server, client;
};

}  // namespace

TEST_CASE("a listener resumes no session for longer than a ticket's lifetime after the full handshake, however often") {
    const int version = GENERATE(TLS1_3_VERSION, TLS1_2_VERSION);
    INFO(version);
    const Pair pair(version);
    const std::time_t start = now_there = std::time(nullptr);
    Owned<SSL_SESSION> session;
    const auto resumed_after = [&](std::time_t time) {
        now_there = start + time;
        const auto done = pair.connect([&](SSL* connection) {
            if (!session) return;
            // As if it were old for the library too.
            SSL_SESSION_set_time(session.get(), static_cast<long>(std::time(nullptr) - 100));
            SSL_set_session(connection, session.get());
        });
        session.reset(SSL_get1_session(done.get()));
        return SSL_session_reused(done.get()) == 1;
    };
    CHECK_FALSE(resumed_after(0));
    CHECK(resumed_after(50 * minute));
    CHECK(resumed_after(100 * minute));
    // Each ticket in TLS 1.3 is new to the library, so that by itself it would resume for ever.
    if (version == TLS1_3_VERSION) CHECK(SSL_SESSION_get_time(session.get()) > std::time(nullptr) - 100);
    CHECK_FALSE(resumed_after(120 * minute));
    CHECK(resumed_after(239 * minute));
    CHECK_FALSE(resumed_after(120 * minute - 1));  // a clock that was set back proves nothing
}

TEST_CASE("a client offers no session for longer than an hour after the full handshake, however often it was resumed") {
    const int version = GENERATE(TLS1_3_VERSION, TLS1_2_VERSION);
    INFO(version);
    const Pair pair(version);
    keep_sessions(pair.client.get(), time_there);
    const std::time_t start = now_there = std::time(nullptr);
    const auto resumed_after = [&](std::time_t time) {
        now_there = start + time;
        const auto done = pair.connect(offer_session);
        return SSL_session_reused(done.get()) == 1;
    };
    CHECK_FALSE(resumed_after(0));
    CHECK(resumed_after(20 * minute));
    CHECK(resumed_after(40 * minute));
    CHECK_FALSE(resumed_after(60 * minute));
    CHECK(resumed_after(119 * minute));
    CHECK_FALSE(resumed_after(120 * minute));
}
