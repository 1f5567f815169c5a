// The part of a JSON document that filters of paths look at, as a tree that grows while the document streams.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "filters/body/json_path.hpp"

namespace bordergate {

/// Its texts and nodes are counted in 32 bits: whoever fills it keeps it below 2 GiB of JSON.
class JsonTree {
  public:
    enum class Kind : std::uint8_t { object, array, string, number, literal };
    using Node = std::uint32_t;
    static constexpr Node none = ~Node{0};

    /// A value of `kind` begins at `step` below `parent` (none: it is the first of a tree).
    Node begin(Node parent, const JsonStep& step, Kind kind);
    /// The text of a string, or a scalar's token. Once, before end().
    void say(Node node, std::string_view text);
    void end(Node node) { nodes_[node].open = false; }
    /// Keeps its memory.
    void clear();

    Kind kind(Node node) const { return nodes_[node].kind; }
    /// Its end was not seen so far.
    bool open(Node node) const { return nodes_[node].open; }
    bool container(Node node) const { return kind(node) == Kind::object || kind(node) == Kind::array; }
    std::string_view text(Node node) const { return {texts_.data() + nodes_[node].text, nodes_[node].text_size}; }
    /// Its name in its parent, if that is an object.
    std::string_view name(Node node) const { return {texts_.data() + nodes_[node].name, nodes_[node].name_size}; }
    /// How many values a container has so far; its first; the next of the same one.
    std::uint32_t size(Node node) const { return nodes_[node].size; }
    Node first(Node node) const { return nodes_[node].first; }
    Node next(Node node) const { return nodes_[node].next; }

  private:
    struct Entry {
        Kind kind = Kind::literal;
        bool open = true;
        Node first = none, last = none, next = none;
        std::uint32_t size = 0;
        std::uint32_t name = 0, name_size = 0, text = 0, text_size = 0;
    };
    std::uint32_t keep(std::string_view text);
    std::vector<Entry> nodes_;
    std::string texts_;
};

}  // namespace bordergate
