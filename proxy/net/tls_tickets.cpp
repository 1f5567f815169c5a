#include "proxy/net/tls_tickets.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstring>

namespace bordergate {

namespace {

/// Fetched once: an implicit fetch per handshake takes a lock of the library.
const EVP_CIPHER* ticket_cipher() {
    static EVP_CIPHER* const fetched = EVP_CIPHER_fetch(nullptr, "AES-256-CBC", nullptr);
    return fetched;
}

bool set_mac_key(EVP_MAC_CTX* mac, TicketKey& key) {
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac.data(), key.mac.size()),
                                     OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
    return EVP_MAC_CTX_set_params(mac, parameters) == 1;
}

int seal_ticket(unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) {
    auto key = TicketKeys::of_process().current(TicketKeys::Clock::now());
    if (!key || RAND_bytes(iv, EVP_CIPHER_get_iv_length(ticket_cipher())) != 1) return -1;
    std::copy(key->name.begin(), key->name.end(), name);
    if (EVP_EncryptInit_ex2(cipher, ticket_cipher(), key->cipher.data(), iv, nullptr) != 1) return -1;
    return set_mac_key(mac, *key) ? 1 : -1;
}

/// What SSL_CTX_set_tlsext_ticket_key_evp_cb(3) wants: 1 usable, 2 usable but to be renewed, 0 unknown, -1 broken.
int on_ticket_key(SSL*, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int seal) {
    if (seal) return seal_ticket(name, iv, cipher, mac);
    auto found = TicketKeys::of_process().find(std::span<const std::uint8_t, 16>(name, 16), TicketKeys::Clock::now());
    if (!found) return 0;
    if (EVP_DecryptInit_ex2(cipher, ticket_cipher(), found->key.cipher.data(), iv, nullptr) != 1) return -1;
    if (!set_mac_key(mac, found->key)) return -1;
    return found->renew ? 2 : 1;
}

/// When the last full handshake of a session was made: its ticket tells, under this process's keys.
std::optional<std::int64_t> full_handshake(SSL_SESSION* session) {
    void* told = nullptr;
    std::size_t size = 0;
    std::int64_t when = 0;
    if (SSL_SESSION_get0_ticket_appdata(session, &told, &size) != 1 || size != sizeof when) return std::nullopt;
    std::memcpy(&when, told, sizeof when);
    return when;
}

/// Returns 0 to fail the handshake. A resumed session has been told by the ticket it was resumed with.
int on_ticket_made(SSL* connection, void* clock) {
    SSL_SESSION* session = SSL_get_session(connection);
    if (SSL_session_reused(connection)) return full_handshake(session) ? 1 : 0;
    const std::int64_t now = reinterpret_cast<WallClock>(clock)();
    return SSL_SESSION_set1_ticket_appdata(session, &now, sizeof now);
}

/// The library verifies a client's certificate only in full handshakes; one that has expired needs another, and
/// everybody does every so often.
SSL_TICKET_RETURN on_ticket_opened(SSL*, SSL_SESSION* session, const unsigned char*, std::size_t, SSL_TICKET_STATUS status,
                                   void* clock) {
    if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW) return SSL_TICKET_RETURN_IGNORE_RENEW;
    const auto last = full_handshake(session);
    const auto age = last ? reinterpret_cast<WallClock>(clock)() - *last : -1;
    if (age < 0 || age >= std::chrono::seconds(TicketKeys::ticket_lifetime).count()) return SSL_TICKET_RETURN_IGNORE_RENEW;
    const X509* client = SSL_SESSION_get0_peer(session);
    if (client && X509_cmp_current_time(X509_get0_notAfter(client)) <= 0) return SSL_TICKET_RETURN_IGNORE_RENEW;
    return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}

}  // namespace

TicketKey::~TicketKey() {
    OPENSSL_cleanse(cipher.data(), cipher.size());
    OPENSSL_cleanse(mac.data(), mac.size());
}

bool TicketKeys::rotate(Clock::time_point now) {
    const auto age = now - since_;
    if (!current_ || age >= rotation) {
        TicketKey fresh;
        if (RAND_bytes(fresh.name.data(), static_cast<int>(fresh.name.size())) != 1 ||
            RAND_priv_bytes(fresh.cipher.data(), static_cast<int>(fresh.cipher.size())) != 1 ||
            RAND_priv_bytes(fresh.mac.data(), static_cast<int>(fresh.mac.size())) != 1)
            return false;
        // After a long silence the last key's tickets have run out as well.
        previous_ = age < rotation + ticket_lifetime ? current_ : std::nullopt;
        current_ = fresh;
        since_ = now;
    } else if (previous_ && age >= ticket_lifetime) {
        previous_.reset();
    }
    return true;
}

std::optional<TicketKey> TicketKeys::current(Clock::time_point now) {
    const std::lock_guard guard(mutex_);
    if (!rotate(now)) return std::nullopt;
    return current_;
}

std::optional<TicketKeys::Found> TicketKeys::find(std::span<const std::uint8_t, 16> name, Clock::time_point now) {
    const std::lock_guard guard(mutex_);
    if (!rotate(now)) return std::nullopt;
    const auto named = [name](const TicketKey& key) { return std::equal(name.begin(), name.end(), key.name.begin()); };
    if (named(*current_)) return Found{*current_, false};
    if (previous_ && named(*previous_)) return Found{*previous_, true};
    return std::nullopt;
}

TicketKeys& TicketKeys::of_process() {
    static TicketKeys keys;
    return keys;
}

void use_tickets(ssl_ctx_st* context, WallClock clock) {
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket_key);
    SSL_CTX_set_session_ticket_cb(context, on_ticket_made, on_ticket_opened, reinterpret_cast<void*>(clock));
    SSL_CTX_set_timeout(context, std::chrono::seconds(TicketKeys::ticket_lifetime).count());
    // One serves the next connection, which is given its own; each costs an encryption and a write per handshake.
    SSL_CTX_set_num_tickets(context, 1);
    // Early data can be replayed, and this proxy cannot tell a request that may be repeated (RFC 8446, 8).
    SSL_CTX_set_max_early_data(context, 0);
    SSL_CTX_set_recv_max_early_data(context, 0);
}

}  // namespace bordergate
