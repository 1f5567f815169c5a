// The scanner: finds what recognisers recognise in a piece of text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/class_tree.hpp"

namespace bordergate {

using EntityIndex = std::uint16_t;

/// One finding: bytes [begin, end) of the text are of this entity.
struct Match {
    std::size_t begin = 0;
    std::size_t end = 0;
    EntityIndex entity = 0;
    ClassId data{};
    float score = 0;
};

/// Immutable after construction and shared between exchanges of one snapshot.
class Scanner {
  public:
    struct Active {
        std::string entity;  ///< Presidio's name where it has the entity
        ClassId data{};
    };
    /// Activates the named recognisers. Throws std::invalid_argument for an unknown entity name
    /// (start-up only; the loader has checked before).
    explicit Scanner(std::vector<Active> active);

    /// Appends non-overlapping matches in order. Overlaps resolve to the highest score, then the longest.
    /// `text` is valid UTF-8. Linear in its length.
    void scan(std::string_view text, std::vector<Match>& matches) const;

    /// No match is longer than this, and whether bytes match never depends on text further away.
    static constexpr std::size_t reach = 512;

    std::string_view entity(EntityIndex index) const { return active_[index].entity; }
    /// Every class a match can yield.
    ClassSet yields() const;

    /// Entities built in, with their default class name.
    struct Known {
        std::string_view entity;
        std::string_view data;
    };
    static std::span<const Known> known();

  private:
    std::vector<Active> active_;
    static constexpr EntityIndex none = 0xffff;
    std::array<EntityIndex, 8> slots_{};  // by family: index into active_, or none
};

}  // namespace bordergate
