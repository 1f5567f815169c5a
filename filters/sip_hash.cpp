#include "filters/sip_hash.hpp"

#include <bit>
#include <cstddef>
#include <random>

namespace bordergate {

namespace {

struct State {
    std::uint64_t v0, v1, v2, v3;

    void round() {
        v0 += v1;
        v1 = std::rotl(v1, 13) ^ v0;
        v0 = std::rotl(v0, 32);
        v2 += v3;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1;
        v1 = std::rotl(v1, 17) ^ v2;
        v2 = std::rotl(v2, 32);
    }
    void take(std::uint64_t word) {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }
};

/// Up to eight bytes, the first the lowest.
std::uint64_t word_of(std::string_view bytes) {
    std::uint64_t word = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) word = word << 8 | static_cast<unsigned char>(bytes[i]);
    return word;
}

}  // namespace

const SipKey& process_sip_key() {
    static const SipKey chosen = [] {
        std::random_device random;
        const auto word = [&random] { return static_cast<std::uint64_t>(random()) << 32 | random(); };
        const auto low = word();
        return SipKey{low, word()};
    }();
    return chosen;
}

std::uint64_t sip_hash(const SipKey& key, std::string_view bytes) {
    State state{key.low ^ 0x736f6d6570736575ULL, key.high ^ 0x646f72616e646f6dULL, key.low ^ 0x6c7967656e657261ULL, key.high ^ 0x7465646279746573ULL};
    const auto last = static_cast<std::uint64_t>(bytes.size() & 0xff) << 56;
    for (; bytes.size() >= 8; bytes.remove_prefix(8)) state.take(word_of(bytes.substr(0, 8)));
    state.take(last | word_of(bytes));
    state.v2 ^= 0xff;
    for (int i = 0; i < 4; ++i) state.round();
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace bordergate
