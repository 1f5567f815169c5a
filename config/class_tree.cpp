#include "config/class_tree.hpp"

namespace bordergate {

// A parent is always added before its children, so one pass by ascending id meets every ancestor first,
// and one by descending id every descendant.

ClassTree::ClassTree() {
    nodes_.push_back({"plain", std::nullopt, false});
    nodes_.push_back({"opaque", std::nullopt, false});
}

std::optional<ClassId> ClassTree::add(std::string_view name, std::optional<ClassId> parent,
                                      bool special) {
    if (nodes_.size() == capacity || name.empty() || find(name)) return std::nullopt;
    if (parent && static_cast<std::size_t>(*parent) >= nodes_.size()) return std::nullopt;
    nodes_.push_back({std::string(name), parent, special});
    return static_cast<ClassId>(nodes_.size() - 1);
}

std::optional<ClassId> ClassTree::find(std::string_view name) const {
    for (std::size_t i = 0; i < nodes_.size(); ++i)
        if (nodes_[i].name == name) return static_cast<ClassId>(i);
    return std::nullopt;
}

ClassSet ClassTree::all() const {
    return ClassSet::from_bits(~std::uint64_t{0} >> (capacity - nodes_.size()));
}

ClassSet ClassTree::bound_by(ClassId id) const {
    ClassSet bound{id};
    all().each([&](ClassId below) {
        const auto parent = nodes_[static_cast<unsigned>(below)].parent;
        if (parent && bound.has(*parent)) bound.add(below);
    });
    return bound;
}

ClassSet ClassTree::reached_by(ClassId id) const {
    ClassSet reached{id};
    all().each([&](ClassId below) {
        const auto& node = nodes_[static_cast<unsigned>(below)];
        if (node.parent && reached.has(*node.parent) && !node.special) reached.add(below);
    });
    return reached;
}

ClassSet ClassTree::ancestry(ClassId id) const {
    ClassSet line{id};
    for (auto parent = nodes_[static_cast<unsigned>(id)].parent; parent;
         parent = nodes_[static_cast<unsigned>(*parent)].parent)
        line.add(*parent);
    return line;
}

ClassSet ClassTree::in_terms_of(const ClassTree& other, ClassSet set) const {
    ClassSet there;
    set.each([&](ClassId id) {
        std::optional<ClassId> from = id, known;
        for (; from && !known; from = nodes_[static_cast<unsigned>(*from)].parent) known = other.find(name(*from));
        there.add(known.value_or(opaque));
    });
    return there;
}

std::vector<std::string_view> ClassTree::names(ClassSet set) const {
    std::vector<std::string_view> names;
    (set & all()).each([&](ClassId id) { names.push_back(name(id)); });
    return names;
}

std::string ClassTree::list(ClassSet set, std::string_view separator) const {
    std::string text;
    for (auto name : names(set)) text.append(text.empty() ? "" : separator).append(name);
    return text;
}

}  // namespace bordergate
