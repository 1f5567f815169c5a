#include "filters/body/json_tree.hpp"

namespace bordergate {

namespace {

constexpr std::size_t most_kept = 1 << 20;  ///< bytes that one large document may leave allocated

}  // namespace

std::uint32_t JsonTree::keep(std::string_view text) {
    const auto at = static_cast<std::uint32_t>(texts_.size());
    texts_ += text;
    return at;
}

JsonTree::Node JsonTree::begin(Node parent, const JsonStep& step, Kind kind) {
    const auto node = static_cast<Node>(nodes_.size());
    auto& entry = nodes_.emplace_back();
    entry.kind = kind;
    if (parent == none) return node;
    if (!step.in_array) {
        entry.name = keep(step.name);
        entry.name_size = static_cast<std::uint32_t>(step.name.size());
    }
    auto& above = nodes_[parent];
    (above.first == none ? above.first : nodes_[above.last].next) = node;
    above.last = node;
    ++above.size;
    return node;
}

void JsonTree::say(Node node, std::string_view text) {
    nodes_[node].text = keep(text);
    nodes_[node].text_size = static_cast<std::uint32_t>(text.size());
}

void JsonTree::clear() {
    nodes_.clear();
    texts_.clear();
    if (nodes_.capacity() * sizeof(Entry) > most_kept) std::vector<Entry>().swap(nodes_);
    if (texts_.capacity() > most_kept) std::string().swap(texts_);
}

}  // namespace bordergate
