#include "filters/seal/key_ring.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace bordergate {

namespace {

/// Keeps the pages of a secret out of core dumps and swap. Best effort: limits may forbid it, and the bytes are
/// zeroised all the same.
void guard(std::span<std::uint8_t> bytes) {
    if (bytes.empty()) return;
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto begin = reinterpret_cast<std::uintptr_t>(bytes.data()) & ~(page - 1);
    const auto size = reinterpret_cast<std::uintptr_t>(bytes.data()) + bytes.size() - begin;
    (void)::madvise(reinterpret_cast<void*>(begin), size, MADV_DONTDUMP);
    (void)::mlock(reinterpret_cast<void*>(begin), size);
}

void append_sized(std::string& out, std::string_view text) {
    const auto size = static_cast<std::uint32_t>(text.size());
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(size >> shift & 255);
    out.append(text);
}

}  // namespace

SecretBytes::SecretBytes(std::span<const std::uint8_t> bytes) : bytes_(bytes.begin(), bytes.end()) { guard(bytes_); }
SecretBytes::SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) { other.bytes_.clear(); }
SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
}
SecretBytes::~SecretBytes() {
    if (!bytes_.empty()) OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

DerivedKey::~DerivedKey() { OPENSSL_cleanse(data(), size()); }

KeyRing::KeyRing(std::string jurisdiction, std::vector<SealKey> keys, std::optional<SecretBytes> masking_secret)
    : jurisdiction_(std::move(jurisdiction)), keys_(std::move(keys)), masking_secret_(std::move(masking_secret)) {}

const SealKey* KeyRing::sealing() const {
    for (auto key = keys_.rbegin(); key != keys_.rend(); ++key)
        if (!key->retired) return &*key;
    return nullptr;
}

const SealKey* KeyRing::find(std::string_view kid) const {
    for (const auto& key : keys_)
        if (key.kid == kid) return &key;
    return nullptr;
}

Result<DerivedKey> KeyRing::derive(std::string_view use, std::string_view tenant, std::string_view audience) const {
    if (!masking_secret_) return fault(Code::key_unavailable, "the key ring of " + jurisdiction_ + " has no masking secret");
    // Each part carries its length, so that no two contexts run together.
    std::string info = "bordergate/1";
    for (auto part : {std::string_view(jurisdiction_), use, tenant, audience}) append_sized(info, part);
    DerivedKey derived{};
    EVP_KDF* kdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
    EVP_KDF_CTX* context = EVP_KDF_CTX_new(kdf);
    EVP_KDF_free(kdf);
    const auto secret = masking_secret_->view();
    std::array parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, const_cast<char*>("SHA256"), 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, const_cast<std::uint8_t*>(secret.data()), secret.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
        OSSL_PARAM_construct_end(),
    };
    const int done = EVP_KDF_derive(context, derived.data(), derived.size(), parameters.data());
    EVP_KDF_CTX_free(context);
    if (done != 1) return fault(Code::key_unavailable, "deriving a key of " + jurisdiction_ + " failed");
    return derived;
}

}  // namespace bordergate
