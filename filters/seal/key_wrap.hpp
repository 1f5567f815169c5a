// How a content encryption key travels in a JWE: wrapped by a shared key (A256KW, RFC 3394), or agreed on with a
// P-256 public key and then wrapped (ECDH-ES+A256KW, RFC 7518, 4.6).
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "filters/fault.hpp"
#include "filters/seal/key_ring.hpp"

namespace bordergate {

using ContentKey = std::array<std::uint8_t, 32>;

/// A wrapped key, and the ephemeral public point (uncompressed) where the algorithm has one.
struct WrappedKey {
    std::vector<std::uint8_t> bytes;
    std::vector<std::uint8_t> ephemeral;
};

Result<WrappedKey> wrap_key(const SealKey& key, const ContentKey& content_key);
/// Fault key_unavailable if the key does not fit, or holds only its public half.
Result<ContentKey> unwrap_key(const SealKey& key, std::span<const std::uint8_t> wrapped, std::span<const std::uint8_t> ephemeral);

/// Concat KDF (RFC 7518, 4.6.2) with empty party information, for a 256-bit key. Exposed for its vector.
std::array<std::uint8_t, 32> concat_kdf(std::span<const std::uint8_t> secret, std::string_view algorithm, std::string_view apu,
                                        std::string_view apv, std::uint32_t bits);

}  // namespace bordergate
