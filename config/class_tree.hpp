// The classes of data and their tree (`health` is `personal`). Classes are interned to small ids so
// that a set of them is one machine word and a policy decision needs no look-up by name.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bordergate {

/// Index of a class in its ClassTree. Ids are stable for the life of a snapshot, not across restarts.
enum class ClassId : std::uint8_t {};

/// A set of classes. At most 64 classes exist in one snapshot; the loader refuses more.
class ClassSet {
  public:
    constexpr ClassSet() = default;
    constexpr ClassSet(std::initializer_list<ClassId> ids) {
        for (auto id : ids) add(id);
    }
    static constexpr ClassSet from_bits(std::uint64_t bits) {
        ClassSet set;
        set.bits_ = bits;
        return set;
    }

    constexpr void add(ClassId id) { bits_ |= bit(id); }
    constexpr void remove(ClassId id) { bits_ &= ~bit(id); }
    constexpr bool has(ClassId id) const { return (bits_ & bit(id)) != 0; }
    constexpr bool empty() const { return bits_ == 0; }
    constexpr bool meets(ClassSet other) const { return (bits_ & other.bits_) != 0; }
    constexpr bool covers(ClassSet other) const { return (other.bits_ & ~bits_) == 0; }
    constexpr std::uint64_t bits() const { return bits_; }
    constexpr int size() const { return std::popcount(bits_); }

    friend constexpr ClassSet operator|(ClassSet a, ClassSet b) { return from_bits(a.bits_ | b.bits_); }
    friend constexpr ClassSet operator&(ClassSet a, ClassSet b) { return from_bits(a.bits_ & b.bits_); }
    friend constexpr ClassSet operator-(ClassSet a, ClassSet b) { return from_bits(a.bits_ & ~b.bits_); }
    constexpr ClassSet& operator|=(ClassSet other) { bits_ |= other.bits_; return *this; }
    friend constexpr bool operator==(ClassSet, ClassSet) = default;

    /// Calls `visit(ClassId)` for every member, lowest id first.
    template <class Visit>
    constexpr void each(Visit&& visit) const {
        for (std::uint64_t rest = bits_; rest != 0; rest &= rest - 1)
            visit(static_cast<ClassId>(std::countr_zero(rest)));
    }

  private:
    static constexpr std::uint64_t bit(ClassId id) {
        return std::uint64_t{1} << static_cast<unsigned>(id);
    }
    std::uint64_t bits_ = 0;
};

/// The tree of classes: `plain` and `opaque` always exist with fixed ids, the rest comes from
/// `config/packs/classes.yaml` and the operator's own `classes:`. Immutable once loaded.
class ClassTree {
  public:
    static constexpr ClassId plain{0};
    static constexpr ClassId opaque{1};
    static constexpr std::size_t capacity = 64;

    ClassTree();

    /// Adds `name` under `parent` (none: a root). A `special` class (GDPR Art. 9 and its like) is
    /// reached by a permit only if the permit names it. Returns nothing if the tree is full or the
    /// name is taken.
    std::optional<ClassId> add(std::string_view name, std::optional<ClassId> parent, bool special);

    std::optional<ClassId> find(std::string_view name) const;
    std::string_view name(ClassId id) const { return nodes_[static_cast<unsigned>(id)].name; }
    std::size_t size() const { return nodes_.size(); }
    /// Every class of the tree.
    ClassSet all() const;
    /// `id` and everything below it: what a limit on `id` binds.
    ClassSet bound_by(ClassId id) const;
    /// `id` and what lies below it without entering a special category: what a permit on `id` reaches.
    ClassSet reached_by(ClassId id) const;
    /// `id` and all its ancestors.
    ClassSet ancestry(ClassId id) const;
    /// The same classes by their ids in `other`. One that `other` lacks stands there as its nearest ancestor that it has, and
    /// as `opaque` if it has none.
    ClassSet in_terms_of(const ClassTree& other, ClassSet set) const;
    std::vector<std::string_view> names(ClassSet set) const;
    /// The same in one text.
    std::string list(ClassSet set, std::string_view separator) const;

  private:
    struct Node {
        std::string name;
        std::optional<ClassId> parent;
        bool special = false;
    };
    std::vector<Node> nodes_;
};

/// The tree with the classes of `config/packs/classes.yaml`; the operator's own are added to a copy.
/// Throws std::runtime_error if that data is broken (a build fault).
ClassTree builtin_classes();

}  // namespace bordergate
