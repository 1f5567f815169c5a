// Jurisdictions: ISO 3166-1 countries, those ISO 3166-2 subdivisions whose law differs, and named groups
// of them. All of it is data (`config/packs/jurisdictions.yaml`); nothing here knows a country by name.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bordergate {

/// A set of places. One bit per country, and one per subdivision whose law differs; the country's own
/// bit then stands for the rest of it, so `CA` is the set {rest of CA, CA-QC}.
class Places {
  public:
    static constexpr std::size_t capacity = 320;

    constexpr void add(std::size_t place) { words_[place / 64] |= std::uint64_t{1} << (place % 64); }
    constexpr bool has(std::size_t place) const {
        return (words_[place / 64] >> (place % 64) & 1) != 0;
    }
    constexpr bool empty() const {
        std::uint64_t any = 0;
        for (auto word : words_) any |= word;
        return any == 0;
    }
    /// Every member of `other` is a member of this. The empty set is covered by every set.
    constexpr bool covers(const Places& other) const {
        std::uint64_t outside = 0;
        for (std::size_t i = 0; i < words_.size(); ++i) outside |= other.words_[i] & ~words_[i];
        return outside == 0;
    }
    constexpr bool meets(const Places& other) const {
        std::uint64_t common = 0;
        for (std::size_t i = 0; i < words_.size(); ++i) common |= words_[i] & other.words_[i];
        return common != 0;
    }
    constexpr Places& operator|=(const Places& other) {
        for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
        return *this;
    }
    friend constexpr Places operator|(Places a, const Places& b) { return a |= b; }
    friend constexpr Places operator&(Places a, const Places& b) {
        for (std::size_t i = 0; i < a.words_.size(); ++i) a.words_[i] &= b.words_[i];
        return a;
    }
    friend constexpr Places operator-(Places a, const Places& b) {
        for (std::size_t i = 0; i < a.words_.size(); ++i) a.words_[i] &= ~b.words_[i];
        return a;
    }
    friend constexpr bool operator==(const Places&, const Places&) = default;

  private:
    std::array<std::uint64_t, capacity / 64> words_{};
};

/// A set of places whose membership may be in doubt (a member that needs an attribute nobody proved).
/// `sure` is what a permit may rely on, `possible` what a limit must fear; sure ⊆ possible.
struct Region {
    Places sure;
    Places possible;
    friend bool operator==(const Region&, const Region&) = default;
};

/// Index into Atlas::laws().
using LawIndex = std::uint16_t;

/// A law and the territory it names as home (GDPR: the EEA).
struct LawEntry {
    std::string id;
    std::string title;
    Places territory;
};

/// All jurisdictions, groups and laws known to a snapshot. Immutable; shared by everything loaded from it.
class Atlas {
  public:
    /// The atlas embedded in the binary. Throws std::runtime_error if that data is broken (a build fault).
    static const Atlas& builtin();

    /// Places of a country, a subdivision or a group; nothing if the code is unknown. Case-sensitive.
    /// Conditional members of a group are `possible` but not `sure`.
    std::optional<Region> find(std::string_view code) const;
    /// The known code nearest to a misspelt one (for error messages); empty if none is near.
    std::string_view nearest(std::string_view code) const;
    Places everywhere() const { return everywhere_; }
    /// Everything except `region`, with doubt kept on the right side.
    Region complement(const Region& region) const;
    std::span<const LawEntry> laws() const { return laws_; }
    /// Laws of data that stands at `location`: every named law whose territory it may touch, and for
    /// places no named law covers the country's own. Empty if `location` is empty.
    std::vector<LawIndex> laws_at(const Places& location) const;
    /// A short human name of a set: a group or country code, or codes joined by `+`.
    std::string describe(const Places& places) const;

  private:
    friend struct AtlasLoader;
    struct Named {
        std::string code;
        Region region;
    };
    std::vector<Named> named_;  // sorted by code
    std::vector<LawEntry> laws_;
    Places everywhere_;
};

}  // namespace bordergate
