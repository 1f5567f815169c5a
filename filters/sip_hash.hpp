// SipHash-2-4 (Aumasson and Bernstein, 2012): a hash for tables whose keys others choose, none of whom can make two of them meet.
// Not for what must stand against somebody who sees the hash of more than 2^32 values.
#pragma once

#include <cstdint>
#include <string_view>

namespace bordergate {

struct SipKey {
    std::uint64_t low = 0, high = 0;
};

/// The process's own: random, and the same until its end.
const SipKey& process_sip_key();

std::uint64_t sip_hash(const SipKey& key, std::string_view bytes);

}  // namespace bordergate
