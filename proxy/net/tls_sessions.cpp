#include "proxy/net/tls_sessions.hpp"

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace bordergate {

namespace {

constexpr std::size_t most_sessions = 8;
/// The library verifies a chain in full handshakes only, so that one is due at least this often. Its own times are no
/// help: every ticket of a resumed connection has a new one.
constexpr std::time_t longest_age = 3600;

struct FreeSession {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};

/// Owned by its context, and so there for as long as a connection can call back.
struct Sessions {
    explicit Sessions(WallClock clock_) : clock(clock_) {}
    const WallClock clock;
    std::mutex mutex;
    std::vector<std::unique_ptr<SSL_SESSION, FreeSession>> kept;  ///< the latest last
};

void free_sessions(void*, void* sessions, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<Sessions*>(sessions); }

int sessions_index() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_sessions);
    return index;
}

Sessions* sessions_of(SSL* connection) {
    return static_cast<Sessions*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), sessions_index()));
}

// A moment stands in the place of a pointer. Nothing, where none was set, is long ago.
static_assert(sizeof(void*) >= sizeof(std::time_t));
void* as_data(std::time_t moment) { return reinterpret_cast<void*>(static_cast<std::intptr_t>(moment)); }
std::time_t as_moment(void* data) { return static_cast<std::time_t>(reinterpret_cast<std::intptr_t>(data)); }

/// Of a connection: when it began.
int begun_index() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

/// Of a session: when its last full handshake began. The library copies it to the sessions that follow from this one.
int full_handshake_index() {
    static const int index = SSL_SESSION_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

/// Returns 1: the reference is ours.
int on_session(SSL* connection, SSL_SESSION* session) {
    // A ticket may come long after its handshake.
    if (!SSL_session_reused(connection)) SSL_SESSION_set_ex_data(session, full_handshake_index(), SSL_get_ex_data(connection, begun_index()));
    auto* sessions = sessions_of(connection);
    const std::lock_guard guard(sessions->mutex);
    sessions->kept.emplace_back(session);
    if (sessions->kept.size() > most_sessions) sessions->kept.erase(sessions->kept.begin());
    return 1;
}

bool may_resume(const SSL_SESSION* session, std::time_t now) {
    const auto age = now - as_moment(SSL_SESSION_get_ex_data(session, full_handshake_index()));
    const X509* peer = SSL_SESSION_get0_peer(const_cast<SSL_SESSION*>(session));
    return age >= 0 && age < longest_age && SSL_SESSION_is_resumable(session) && peer &&
           X509_cmp_current_time(X509_get0_notAfter(peer)) > 0;
}

}  // namespace

void keep_sessions(ssl_ctx_st* context, WallClock clock) {
    SSL_CTX_set_ex_data(context, sessions_index(), new Sessions(clock));
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, on_session);
}

void offer_session(ssl_st* connection) {
    auto* sessions = sessions_of(connection);
    const auto now = sessions->clock();
    SSL_set_ex_data(connection, begun_index(), as_data(now));
    const std::lock_guard guard(sessions->mutex);
    auto& kept = sessions->kept;
    while (!kept.empty() && !may_resume(kept.back().get(), now)) kept.pop_back();
    if (kept.empty()) return;
    SSL_set_session(connection, kept.back().get());
    if (SSL_SESSION_get_protocol_version(kept.back().get()) >= TLS1_3_VERSION) kept.pop_back();
}

}  // namespace bordergate
