#include "filters/mask/tokens.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "filters/mask/base32.hpp"
#include "filters/message.hpp"

namespace bordergate {

namespace {

constexpr std::size_t siv_size = 16;
/// Of what is encrypted. It also keeps it from being empty: OpenSSL 3.0 gives an empty plaintext a tag of zeros.
constexpr char content_version = '\x01';

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
using Cipher = std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)>;

/// Starts SIV in one direction and feeds the context, one component for each part.
bool begin_siv(EVP_CIPHER_CTX* cipher, const std::array<std::uint8_t, 64>& key, const TokenContext& context, bool encrypt, const std::uint8_t* tag) {
    // Made once: fetching walks the providers and costs microseconds.
    static const Cipher siv(EVP_CIPHER_fetch(nullptr, "AES-256-SIV", nullptr), EVP_CIPHER_free);
    if (EVP_CipherInit_ex2(cipher, siv.get(), key.data(), nullptr, encrypt ? 1 : 0, nullptr) != 1) return false;
    if (tag && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, siv_size, const_cast<std::uint8_t*>(tag)) != 1) return false;
    for (auto part : {context.jurisdiction, context.tenant, context.source, context.destination}) {
        // A component must not be empty, or OpenSSL 3.0 leaves it out: each starts with its own byte.
        const std::string component = '\x01' + std::string(part);
        int ignored = 0;
        if (EVP_CipherUpdate(cipher, nullptr, &ignored, reinterpret_cast<const unsigned char*>(component.data()), static_cast<int>(component.size())) != 1)
            return false;
    }
    return true;
}

/// Erased when it goes.
struct Plain : std::string {
    using std::string::string;
    ~Plain() { OPENSSL_cleanse(data(), size()); }
};

std::string written(std::string_view jurisdiction) {
    std::string word(jurisdiction);
    std::erase(word, '-');
    return word;
}

const Fault& stays_closed() {
    static const Fault refused = fault(Code::key_unavailable, "the token does not open here");
    return refused;
}

}  // namespace

TokenContent::~TokenContent() { OPENSSL_cleanse(value.data(), value.size()); }

Status make_token(const std::array<std::uint8_t, 64>& key, const TokenContext& context, std::string_view entity, std::string_view classes, std::string_view value, std::string& out) {
    Plain plain;
    plain.reserve(entity.size() + classes.size() + value.size() + 3);
    plain += content_version;
    plain.append(entity) += '\0';
    plain.append(classes) += '\0';
    plain.append(value);
    const auto word = written(context.jurisdiction);
    if (token_version.size() + word.size() + 1 + (siv_size + plain.size()) * 8 / 5 + 1 > longest_token)
        return fault(Code::mask_unfit, "a value is longer than crypto_deterministic can carry in a token");
    const CipherContext cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    std::vector<std::uint8_t> sealed(siv_size + plain.size());
    int size = 0, rest = 0;
    const bool done = begin_siv(cipher.get(), key, context, true, nullptr) &&
                      EVP_CipherUpdate(cipher.get(), sealed.data() + siv_size, &size, reinterpret_cast<const unsigned char*>(plain.data()), static_cast<int>(plain.size())) == 1 &&
                      EVP_CipherFinal_ex(cipher.get(), sealed.data() + siv_size + size, &rest) == 1 &&
                      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, siv_size, sealed.data()) == 1;
    if (!done) return fault(Code::key_unavailable, "deterministic encryption failed");
    out.append(token_version).append(word) += '_';
    append_base32(sealed, out);
    return {};
}

Result<TokenContent> open_token(const std::array<std::uint8_t, 64>& key, const TokenContext& context, std::string_view token) {
    if (!made_under(token, context.jurisdiction)) return stays_closed();
    const auto sealed = decode_base32(token.substr(token.rfind('_') + 1));
    if (!sealed || sealed->size() <= siv_size) return stays_closed();
    const CipherContext cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    Plain plain;
    plain.resize(sealed->size() - siv_size);
    int size = 0, rest = 0;
    auto* target = reinterpret_cast<unsigned char*>(plain.data());
    const bool done = begin_siv(cipher.get(), key, context, false, sealed->data()) &&
                      EVP_CipherUpdate(cipher.get(), target, &size, sealed->data() + siv_size, static_cast<int>(plain.size())) == 1 &&
                      EVP_CipherFinal_ex(cipher.get(), target + size, &rest) == 1;
    if (!done || plain.front() != content_version) return stays_closed();
    const auto first = plain.find('\0'), second = first == std::string::npos ? first : plain.find('\0', first + 1);
    if (second == std::string::npos) return stays_closed();
    TokenContent content;
    content.entity = plain.substr(1, first - 1);
    content.classes = plain.substr(first + 1, second - first - 1);
    content.value = plain.substr(second + 1);
    return content;
}

bool looks_like_token(std::string_view word) {
    return word.size() > token_version.size() && word.size() <= longest_token && equal_fold(word.substr(0, token_version.size()), token_version);
}

bool made_under(std::string_view token, std::string_view jurisdiction) {
    if (!looks_like_token(token)) return false;
    const auto last = token.rfind('_');
    if (last < token_version.size()) return false;
    return equal_fold(token.substr(token_version.size(), last - token_version.size()), written(jurisdiction));
}

}  // namespace bordergate
