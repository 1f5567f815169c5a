// Where a field stands in an XML document: the part of XPath 1.0's abbreviated paths that can be decided while a document
// streams. `/a/b`, `//b`, `*`, `b[2]`, and at the end `@name`, `@*` or `text()`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/class_tree.hpp"
#include "filters/fault.hpp"

namespace bordergate {

/// Names are local names: `b` is every element called b, whatever its prefix, since prefixes are the document's own choice; a
/// path has none. A path to an element means its attributes and all of its content; to `text()`, each text that stands in it directly;
/// to `@name`, the attribute. `b[2]` is the second of its parent's elements called b.
class XmlPath {
  public:
    /// How far a path has matched on the way to an element: bit i says that its first i steps have. 0: nothing below can be
    /// selected.
    using State = std::uint64_t;
    static constexpr State root = 1;
    enum class Target : std::uint8_t { element, attribute, text };

    /// Fault (internal) with the position and the reason, for what is malformed, has a prefix, or cannot stream.
    static Result<XmlPath> compile(std::string_view text);

    /// The state of an element called `name` below one of state `parent`. `counts` are the parent's, counters() of them.
    State advance(State parent, std::string_view name, std::uint32_t* counts) const;
    /// Whether the element of that state is selected, or what the path selects of it may be.
    bool reaches(State state) const { return (state >> steps_.size() & 1) != 0; }
    Target target() const { return target_; }
    /// Of an element that is reached: whether its attribute of that (local) name is selected.
    bool selects_attribute(std::string_view name) const { return target_ == Target::attribute && (attribute_.empty() || attribute_ == name); }
    std::size_t counters() const { return counters_; }
    const std::string& text() const { return text_; }

  private:
    friend class XmlPathParser;
    static constexpr std::size_t most_steps = 62;
    struct Step {
        std::string name;             ///< empty: any
        bool descendant = false;      ///< at any depth
        std::uint32_t position = 0;   ///< among those of its parent that have the name; 0: each
    };
    std::string text_;
    std::vector<Step> steps_;
    Target target_ = Target::element;
    bool target_below_ = false;  ///< at any depth below what the steps select
    std::string attribute_;      ///< empty: any
    std::size_t counters_ = 0;
};

/// What is at a path has `data`, whatever detection says.
struct XmlSelector {
    XmlPath path;
    ClassSet data;
};

/// What selectors say of the element that a reader stands in, kept up to date tag by tag.
class XmlMarks {
  public:
    /// Borrowed; may be null.
    explicit XmlMarks(const std::vector<XmlSelector>* selectors);

    void open(std::string_view name);
    void close();
    // Of the innermost open element:
    ClassSet element() const { return classes(XmlPath::Target::element, {}); }
    ClassSet text() const { return classes(XmlPath::Target::text, {}); }
    ClassSet attribute(std::string_view name) const { return classes(XmlPath::Target::attribute, name); }

  private:
    ClassSet classes(XmlPath::Target target, std::string_view attribute) const;

    const std::vector<XmlSelector>* selectors_;
    std::size_t counters_ = 0;                ///< of all paths
    std::vector<XmlPath::State> states_;      ///< of the document and the open elements, a row each
    std::vector<std::uint32_t> counts_;       ///< of their children, a row each
};

}  // namespace bordergate
