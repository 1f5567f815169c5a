// Jurisdictions: ISO 3166-1 countries, those ISO 3166-2 subdivisions whose law differs, and named groups
// of them. All of it is data (`config/packs/jurisdictions.yaml`); nothing here knows a country by name.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
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
    /// The place if there is exactly one.
    constexpr std::optional<std::size_t> only() const {
        std::optional<std::size_t> found;
        for (std::size_t i = 0; i < words_.size(); ++i) {
            if (words_[i] == 0) continue;
            if (found || !std::has_single_bit(words_[i])) return std::nullopt;
            found = i * 64 + static_cast<std::size_t>(std::countr_zero(words_[i]));
        }
        return found;
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
    /// Conditional members of a group are `possible` but not `sure`. Dated members are taken as of
    /// `instant` (seconds since the epoch), or as of the day the data was written (`as_of`).
    std::optional<Region> find(std::string_view code, std::int64_t instant) const;
    std::optional<Region> find(std::string_view code) const { return find(code, as_of_); }
    /// The instants at which the membership of `code` changes, ascending: a rule that names it means
    /// something else from each of them on.
    std::vector<std::int64_t> changes(std::string_view code) const;
    std::int64_t as_of() const { return as_of_; }
    /// The name that people use for a code (`DE`: Germany); empty if the code is unknown.
    std::string_view title(std::string_view code) const;
    /// The known code nearest to a misspelt one (for error messages); empty if none is near.
    std::string_view nearest(std::string_view code) const;
    const Places& everywhere() const { return everywhere_; }
    /// Everything except `region`, with doubt kept on the right side.
    Region complement(const Region& region) const;
    std::span<const LawEntry> laws() const { return laws_; }
    /// Laws of data that stands at `location`: every named law whose territory it may touch, and for
    /// places no named law covers the country's own. Empty if `location` is empty.
    std::vector<LawIndex> laws_at(const Places& location) const;
    /// A short human name of a set: a group or country code, codes joined by `+`, `not EEA`,
    /// `everywhere` or `nowhere`. Not for the hot path.
    std::string describe(const Places& places) const;

  private:
    friend struct AtlasLoader;
    struct Member {
        Places places;
        bool conditional = false;  // needs an attribute of the recipient
        std::int64_t since = std::numeric_limits<std::int64_t>::min();
        std::int64_t until = std::numeric_limits<std::int64_t>::max();  // first instant after it
    };
    struct Named {
        std::string code;
        std::string title;
        std::vector<Member> members;
        Region at(std::int64_t instant) const;
    };
    const Named* named(std::string_view code) const;

    std::vector<Named> named_;  // sorted by code
    std::vector<std::pair<std::string, std::string>> often_meant_;  // wrong code, right code
    std::vector<LawEntry> laws_;   // those of the pack, then the countries' own
    std::size_t pack_laws_ = 0;    // how many of laws_ come from the pack
    Places everywhere_;
    std::int64_t as_of_ = 0;
};

}  // namespace bordergate
