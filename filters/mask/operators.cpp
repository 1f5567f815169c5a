#include "filters/mask/operators.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "filters/seal/base64url.hpp"

namespace bordergate {

std::array<std::uint8_t, 32> keyed_hash(std::span<const std::uint8_t> key, std::string_view use, std::string_view value) {
    std::string message;
    message.append(use) += '\0';
    message.append(value);
    std::array<std::uint8_t, 32> mac{};
    unsigned size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(message.data()), message.size(), mac.data(), &size);
    OPENSSL_cleanse(message.data(), message.size());
    return mac;
}

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

}  // namespace bordergate
