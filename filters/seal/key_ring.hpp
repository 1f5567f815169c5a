// Keys of one jurisdiction, as the data path uses them. Providers (proxy/keys/) fill rings; nothing here
// reads a file. One ring per jurisdiction and never a fallback to another's.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "filters/fault.hpp"

namespace bordergate {

/// Bytes that are zeroised when they go, and kept out of core dumps where the system allows.
class SecretBytes {
  public:
    SecretBytes() = default;
    explicit SecretBytes(std::span<const std::uint8_t> bytes);
    SecretBytes(SecretBytes&& other) noexcept;
    SecretBytes& operator=(SecretBytes&& other) noexcept;
    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;
    ~SecretBytes();
    std::span<const std::uint8_t> view() const { return {bytes_.data(), bytes_.size()}; }
    bool empty() const { return bytes_.empty(); }

  private:
    std::vector<std::uint8_t> bytes_;
};

/// A key as derive() makes it. Every copy is erased when it goes, on whatever way it went.
struct DerivedKey : std::array<std::uint8_t, 64> {
    DerivedKey() = default;
    DerivedKey(const DerivedKey&) = default;
    DerivedKey& operator=(const DerivedKey&) = default;
    ~DerivedKey();
};

/// What a sealed value is bound to. All of it stands in the JWE's protected header, and unsealing checks it.
struct SealContext {
    std::string jurisdiction;
    std::string tenant;
    std::string data;           ///< class names, joined by commas
    std::string contract;       ///< empty until contracts exist
    std::string policy_digest;
    std::string content_type = {};  ///< of a whole body, or sealed_json, as `cty`; empty for a text
};

/// One version of a key. `kid` is `JURISDICTION/NAME/VERSION`.
struct SealKey {
    enum class Algorithm { a256kw, ecdh_es_a256kw };
    std::string kid;
    Algorithm algorithm = Algorithm::a256kw;
    SecretBytes secret;                    ///< KEK (32 bytes), or the EC private scalar; empty: public half only
    std::vector<std::uint8_t> public_point;///< P-256, uncompressed; ECDH-ES only
    bool retired = false;                  ///< opens, no longer seals
};

/// The keys of one jurisdiction. Immutable and shared.
class KeyRing {
  public:
    KeyRing(std::string jurisdiction, std::vector<SealKey> keys, std::optional<SecretBytes> masking_secret);
    const std::string& jurisdiction() const { return jurisdiction_; }
    /// The newest key that seals; null if the ring has none.
    const SealKey* sealing() const;
    const SealKey* find(std::string_view kid) const;
    /// HKDF-SHA-256 of the masking secret over `use` (`label`, `hash`, `siv`) and its context.
    /// Fault key_unavailable if the ring has no masking secret.
    Result<DerivedKey> derive(std::string_view use, std::string_view tenant, std::string_view audience) const;

  private:
    std::string jurisdiction_;
    std::vector<SealKey> keys_;
    std::optional<SecretBytes> masking_secret_;
};

using KeyRingPtr = std::shared_ptr<const KeyRing>;
using KeyRings = std::map<std::string, KeyRingPtr, std::less<>>;  ///< by jurisdiction

}  // namespace bordergate
