// Tokens that one worker verified, so that the next request with the same one costs a hash. Bounded; a token is known by
// its SHA-256 only.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <unordered_map>
#include <utility>
#include <vector>

namespace bordergate {

/// For which source a token was found good, until when, and under which keys.
struct VerifiedToken {
    std::uint64_t index = 0;  ///< of the source index that found it: another configuration's findings do not count
    std::size_t entry = 0;
    std::uint64_t keys = 0;   ///< generation of the keys
    std::int64_t until = 0;   ///< seconds since the epoch
};

/// Single-threaded. The least recently added half is forgotten when there are too many.
class VerifiedTokens {
  public:
    using Digest = std::array<std::uint8_t, 32>;
    static constexpr std::size_t most = 8192;

    /// What was found of a token; null: nothing.
    const VerifiedToken* find(const Digest& token, std::uint64_t index, std::size_t entry) const {
        for (const auto* half : {&recent_, &old_})
            if (const auto found = half->find(token); found != half->end())
                for (const auto& one : found->second)
                    if (one.index == index && one.entry == entry) return &one;
        return nullptr;
    }
    void add(const Digest& token, const VerifiedToken& found) {
        if (recent_.size() >= most / 2) old_ = std::exchange(recent_, {});
        auto& list = recent_[token];
        std::erase_if(list, [&found](const auto& one) { return one.index != found.index || one.entry == found.entry; });
        list.push_back(found);
    }
    std::size_t size() const { return recent_.size() + old_.size(); }

  private:
    struct Hash {
        std::size_t operator()(const Digest& digest) const {
            std::size_t value = 0;
            std::memcpy(&value, digest.data(), sizeof value);
            return value;
        }
    };
    using Half = std::unordered_map<Digest, std::vector<VerifiedToken>, Hash>;
    Half recent_, old_;
};

}  // namespace bordergate
