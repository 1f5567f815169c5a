#include "filters/body/json_keys.hpp"

#include <functional>
#include <random>

namespace bordergate {

namespace {

constexpr std::size_t few = 16;  ///< up to here a look along the row is fastest

/// The process's own, so that nobody can choose keys that share a slot.
std::uint64_t seed() {
    static const std::uint64_t chosen = [] {
        std::random_device random;
        return static_cast<std::uint64_t>(random()) << 32 | random();
    }();
    return chosen;
}

/// Never 0, lowest bit clear.
std::uint64_t keyed_hash(std::string_view name) {
    const std::uint64_t hash = (std::hash<std::string_view>{}(name) ^ seed()) * 0x9e3779b97f4a7c15ULL;
    const std::uint64_t mixed = (hash ^ hash >> 32) * 0xd6e8feb86659fd93ULL;
    return (mixed ^ mixed >> 32) << 1 | std::uint64_t{1} << 63;
}

}  // namespace

void JsonKeys::open() {
    if (depth_ == objects_.size()) objects_.emplace_back();
    auto& object = objects_[depth_++];
    object.slots.clear();
    object.count = 0;
    object.current = nowhere;
    object.repeated = false;
}

void JsonKeys::close() {
    auto& object = objects_[--depth_];
    total_ -= object.count;
    // One large object must not cost its memory at every level for ever.
    if (object.slots.capacity() > 1024) std::vector<std::uint64_t>().swap(object.slots);
}

/// The slot of `hash`, or the empty one it would take; past the end in a row that lacks it.
std::size_t JsonKeys::find(const Object& object, std::uint64_t hash) {
    const auto& slots = object.slots;
    if (slots.size() <= few) {
        std::size_t i = 0;
        while (i < slots.size() && (slots[i] & ~std::uint64_t{1}) != hash) ++i;
        return i;
    }
    const std::size_t mask = slots.size() - 1;
    std::size_t i = static_cast<std::size_t>(hash >> 1) & mask;
    while (slots[i] != 0 && (slots[i] & ~std::uint64_t{1}) != hash) i = (i + 1) & mask;
    return i;
}

/// From a row to a table, or to one of twice the size.
void JsonKeys::grow(Object& object) {
    const std::vector<std::uint64_t> before = std::move(object.slots);
    object.slots.assign(before.size() <= few ? 4 * few : 2 * before.size(), 0);
    for (const auto slot : before)
        if (slot != 0) object.slots[find(object, slot & ~std::uint64_t{1})] = slot;
}

bool JsonKeys::key(std::string_view name) {
    auto& object = objects_[depth_ - 1];
    const std::uint64_t hash = keyed_hash(name);
    std::size_t at = find(object, hash);
    const bool known = at < object.slots.size() && object.slots[at] != 0;
    object.current = at;
    object.repeated = known;
    if (known) return (object.slots[at] & 1) == 0;
    if (total_ >= most_keys) {
        object.current = nowhere;
        object.repeated = true;
        return true;
    }
    const bool row = object.slots.size() <= few;
    if (row ? object.count == few : 2 * object.count >= object.slots.size()) {
        grow(object);
        at = object.current = find(object, hash);
    }
    if (object.slots.size() <= few)
        object.slots.push_back(hash);
    else
        object.slots[at] = hash;
    ++object.count;
    ++total_;
    return true;
}

bool JsonKeys::classified() {
    for (std::size_t i = 0; i < depth_; ++i) {
        auto& object = objects_[i];
        if (object.repeated) return false;
        if (object.current != nowhere) object.slots[object.current] |= 1;
    }
    return true;
}

}  // namespace bordergate
