#include "filters/mask/operators.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <memory>
#include <span>
#include <vector>

#include "filters/seal/base64url.hpp"

namespace bordergate {

namespace {

constexpr std::string_view token_version = "bgt1.";
constexpr std::size_t siv_size = 16;

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
using Cipher = std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)>;

/// Starts SIV in one direction and feeds the context, one component for each part.
bool begin_siv(EVP_CIPHER_CTX* cipher, const std::array<std::uint8_t, 64>& key, const TokenContext& context, bool encrypt, const std::uint8_t* tag) {
    // Made once: fetching walks the providers and costs microseconds.
    static const Cipher siv(EVP_CIPHER_fetch(nullptr, "AES-256-SIV", nullptr), EVP_CIPHER_free);
    if (EVP_CipherInit_ex2(cipher, siv.get(), key.data(), nullptr, encrypt ? 1 : 0, nullptr) != 1) return false;
    if (tag && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, siv_size, const_cast<std::uint8_t*>(tag)) != 1) return false;
    for (auto part : {context.jurisdiction, context.tenant, context.entity, context.destination, context.classes}) {
        // A component must not be empty, or OpenSSL 3.0 leaves it out: each starts with its own byte.
        const std::string component = '\x01' + std::string(part);
        int ignored = 0;
        if (EVP_CipherUpdate(cipher, nullptr, &ignored, reinterpret_cast<const unsigned char*>(component.data()), static_cast<int>(component.size())) != 1)
            return false;
    }
    return true;
}

/// HMAC-SHA-256 of `use` (without zero bytes) and `value`.
std::array<std::uint8_t, 32> keyed_hash(const std::array<std::uint8_t, 64>& key, std::string_view use, std::string_view value) {
    std::string message;
    message.append(use) += '\0';
    message.append(value);
    std::array<std::uint8_t, 32> mac{};
    unsigned size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(message.data()), message.size(), mac.data(), &size);
    OPENSSL_cleanse(message.data(), message.size());
    return mac;
}

}  // namespace

void replace_with_info_type(std::string_view entity, std::string& out) { out.append("[").append(entity).append("]"); }

void crypto_hash(const std::array<std::uint8_t, 64>& key, std::string_view entity, std::string_view value, std::string& out) {
    out += "h1.";
    const auto mac = keyed_hash(key, entity, value);
    append_base64url(std::span(mac).first(16), out);
}

std::uint64_t keyed_number(const std::array<std::uint8_t, 64>& key, std::string_view use, std::string_view value) {
    std::uint64_t number = 0;
    const auto mac = keyed_hash(key, use, value);
    for (const auto byte : std::span(mac).first(sizeof number)) number = number << 8 | byte;
    return number;
}

Status crypto_deterministic(const std::array<std::uint8_t, 64>& key, const TokenContext& context, std::string_view value, std::string& out) {
    const CipherContext cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    // One byte precedes the value: OpenSSL 3.0 gives an all-zero tag for an empty plaintext.
    const std::string plain = '\x01' + std::string(value);
    std::vector<std::uint8_t> sealed(siv_size + plain.size());
    int written = 0, rest = 0;
    const bool done = begin_siv(cipher.get(), key, context, true, nullptr) &&
                      EVP_CipherUpdate(cipher.get(), sealed.data() + siv_size, &written, reinterpret_cast<const unsigned char*>(plain.data()), static_cast<int>(plain.size())) == 1 &&
                      EVP_CipherFinal_ex(cipher.get(), sealed.data() + siv_size + written, &rest) == 1 &&
                      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, siv_size, sealed.data()) == 1;
    if (!done) return fault(Code::key_unavailable, "deterministic encryption failed");
    out.append(token_version).append(context.jurisdiction).append(".");
    append_base64url(sealed, out);
    return {};
}

Status open_token(const std::array<std::uint8_t, 64>& key, const TokenContext& context, std::string_view token, std::string& out) {
    const Fault refused = fault(Code::key_unavailable, "the token does not open here");
    if (!token.starts_with(token_version)) return refused;
    const auto dot = token.rfind('.');
    if (token.substr(token_version.size(), dot - token_version.size()) != context.jurisdiction) return refused;
    const auto sealed = decode_base64url(token.substr(dot + 1));
    if (!sealed || sealed->size() <= siv_size) return refused;
    const CipherContext cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    std::string plain(sealed->size() - siv_size, '\0');
    int written = 0, rest = 0;
    auto* target = reinterpret_cast<unsigned char*>(plain.data());
    const bool done = begin_siv(cipher.get(), key, context, false, sealed->data()) &&
                      EVP_CipherUpdate(cipher.get(), target, &written, sealed->data() + siv_size, static_cast<int>(plain.size())) == 1 &&
                      EVP_CipherFinal_ex(cipher.get(), target + written, &rest) == 1;
    if (!done || plain.front() != '\x01') return refused;
    out.append(plain, 1);
    return {};
}

}  // namespace bordergate
