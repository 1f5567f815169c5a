// A fixed set of field names, asked for every field of every message: one hash of a name's ends and length, and
// nearly always at most one comparison.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

#include "filters/message.hpp"

namespace bordergate {

/// Made at compile time from a table of lower-case names, which are looked up whatever their case.
template <std::size_t count>
class NameSet {
  public:
    static_assert(count > 0 && count < 128);

    constexpr explicit NameSet(const std::array<std::string_view, count>& names) : names_(names) {
        for (std::size_t i = 0; i < count; ++i) {
            auto slot = hash(names[i]);
            while (slots_[slot] != 0) slot = (slot + 1) % slots;
            slots_[slot] = static_cast<std::uint8_t>(i + 1);
        }
    }

    bool has(std::string_view name) const {
        if (name.empty()) return false;
        for (auto slot = hash(name); slots_[slot] != 0; slot = (slot + 1) % slots)
            if (equal_fold(names_[slots_[slot] - 1U], name)) return true;
        return false;
    }

  private:
    /// Sparse, so that most names that are not in the set meet an empty slot at once.
    static constexpr std::size_t slots = std::bit_ceil(count * 8);

    static constexpr std::size_t hash(std::string_view name) {
        // Case is one bit of a letter; that other characters fall together by it does no harm.
        const auto at = [name](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(name[i]) | 0x20U); };
        const std::uint32_t mixed = (at(0) * 31 + at(name.size() / 2)) * 31 + at(name.size() - 1) + static_cast<std::uint32_t>(name.size()) * 131;
        return (mixed * 0x9e3779b1U >> 16) % slots;
    }

    std::array<std::string_view, count> names_;
    std::array<std::uint8_t, slots> slots_{};
};

}  // namespace bordergate
