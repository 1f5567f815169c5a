#include "filters/seal/key_wrap.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/sha.h>

#include <memory>

namespace bordergate {

namespace {

template <class T, void (*release)(T*)>
using Owned = std::unique_ptr<T, std::integral_constant<void (*)(T*), release>>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using CipherContext = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

constexpr std::size_t wrapped_size = 40;  // 32 bytes and the integrity block of RFC 3394

Fault unusable(const char* what) { return fault(Code::key_unavailable, what); }

bool aes_wrap(std::span<const std::uint8_t> kek, std::span<const std::uint8_t> in, std::uint8_t* out, bool wrap) {
    const CipherContext cipher(EVP_CIPHER_CTX_new());
    EVP_CIPHER_CTX_set_flags(cipher.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    int written = 0, rest = 0;
    return EVP_CipherInit_ex(cipher.get(), EVP_aes_256_wrap(), nullptr, kek.data(), nullptr, wrap ? 1 : 0) == 1 &&
           EVP_CipherUpdate(cipher.get(), out, &written, in.data(), static_cast<int>(in.size())) == 1 &&
           EVP_CipherFinal_ex(cipher.get(), out + written, &rest) == 1;
}

/// A P-256 key from its point and, if given, its scalar. Null if the point is not on the curve.
Key ec_key(std::span<const std::uint8_t> point, std::span<const std::uint8_t> scalar) {
    Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> build(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
    OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
    Owned<BIGNUM, BN_clear_free> number(scalar.empty() ? nullptr : BN_bin2bn(scalar.data(), static_cast<int>(scalar.size()), nullptr));
    if (number) OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get());
    Owned<OSSL_PARAM, OSSL_PARAM_free> parameters(OSSL_PARAM_BLD_to_param(build.get()));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    EVP_PKEY* made = nullptr;
    const int kind = scalar.empty() ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
    if (EVP_PKEY_fromdata_init(context.get()) != 1 || EVP_PKEY_fromdata(context.get(), &made, kind, parameters.get()) != 1) return nullptr;
    Key key(made);
    // fromdata takes any point of the field; a point off the curve would leak the private key.
    const KeyContext check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
    if (EVP_PKEY_public_check(check.get()) != 1) return nullptr;
    return key;
}

/// The key that wraps, from one side's key pair and the other's public key.
bool agree(EVP_PKEY* own, EVP_PKEY* peer, std::array<std::uint8_t, 32>& kek) {
    const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, own, nullptr));
    std::array<std::uint8_t, 32> secret{};
    std::size_t size = secret.size();
    const bool done = EVP_PKEY_derive_init(context.get()) == 1 && EVP_PKEY_derive_set_peer(context.get(), peer) == 1 &&
                      EVP_PKEY_derive(context.get(), secret.data(), &size) == 1 && size == secret.size();
    if (done) kek = concat_kdf(secret, "ECDH-ES+A256KW", {}, {}, 256);
    OPENSSL_cleanse(secret.data(), secret.size());
    return done;
}

void append_number(std::vector<std::uint8_t>& out, std::uint32_t number) {
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(number >> shift));
}

}  // namespace

std::array<std::uint8_t, 32> concat_kdf(std::span<const std::uint8_t> secret, std::string_view algorithm, std::string_view apu, std::string_view apv,
                                        std::uint32_t bits) {
    std::vector<std::uint8_t> input;
    append_number(input, 1);
    input.insert(input.end(), secret.begin(), secret.end());
    for (auto part : {algorithm, apu, apv}) {
        append_number(input, static_cast<std::uint32_t>(part.size()));
        input.insert(input.end(), part.begin(), part.end());
    }
    append_number(input, bits);
    std::array<std::uint8_t, 32> derived{};
    SHA256(input.data(), input.size(), derived.data());
    OPENSSL_cleanse(input.data(), input.size());
    return derived;
}

Result<WrappedKey> wrap_key(const SealKey& key, const ContentKey& content_key) {
    WrappedKey wrapped;
    wrapped.bytes.resize(wrapped_size);
    if (key.algorithm == SealKey::Algorithm::a256kw) {
        if (key.secret.empty() || !aes_wrap(key.secret.view(), content_key, wrapped.bytes.data(), true)) return unusable("the sealing key cannot wrap");
        return wrapped;
    }
    const Key peer = ec_key(key.public_point, {});
    const Key ephemeral(EVP_EC_gen("P-256"));
    std::array<std::uint8_t, 32> kek{};
    if (!peer || !ephemeral || !agree(ephemeral.get(), peer.get(), kek)) return unusable("the sealing key is not a point on P-256");
    const bool done = aes_wrap(kek, content_key, wrapped.bytes.data(), true);
    OPENSSL_cleanse(kek.data(), kek.size());
    std::size_t size = 0;
    wrapped.ephemeral.resize(65);
    if (!done || EVP_PKEY_get_octet_string_param(ephemeral.get(), OSSL_PKEY_PARAM_PUB_KEY, wrapped.ephemeral.data(), wrapped.ephemeral.size(), &size) != 1 || size != 65)
        return unusable("the sealing key cannot wrap");
    return wrapped;
}

Result<ContentKey> unwrap_key(const SealKey& key, std::span<const std::uint8_t> wrapped, std::span<const std::uint8_t> ephemeral) {
    if (key.secret.empty()) return unusable("only the public half of that key is here");
    if (wrapped.size() != wrapped_size) return unusable("the wrapped key is not whole");
    std::array<std::uint8_t, 48> content{};
    std::array<std::uint8_t, 32> kek{};
    bool done = false;
    if (key.algorithm == SealKey::Algorithm::a256kw) {
        done = aes_wrap(key.secret.view(), wrapped, content.data(), false);
    } else {
        const Key own = ec_key(key.public_point, key.secret.view());
        const Key peer = ec_key(ephemeral, {});
        done = own && peer && agree(own.get(), peer.get(), kek) && aes_wrap(kek, wrapped, content.data(), false);
        OPENSSL_cleanse(kek.data(), kek.size());
    }
    ContentKey content_key{};
    std::copy(content.begin(), content.begin() + 32, content_key.begin());
    OPENSSL_cleanse(content.data(), content.size());
    if (!done) return unusable("the sealed value does not open with this key");
    return content_key;
}

}  // namespace bordergate
