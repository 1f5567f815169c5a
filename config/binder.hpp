// From checked YAML to typed values. Each function reads one kind of section and reports what the schema
// cannot know: names that refer to nothing, and values that contradict each other.
#pragma once

#include <filesystem>
#include <string>

#include "config/settings.hpp"
#include "config/yaml_schema.hpp"

namespace bordergate {

struct Binder {
    Snapshot& snapshot;
    Report& report;
    std::filesystem::path folder;  ///< relative paths resolve against it

    void node_and_listeners(const YAML::Node& root);
    void audit_and_bounds(const YAML::Node& root);
    void classes(const YAML::Node& root);
    void sources(const YAML::Node& root);
    void destinations(const YAML::Node& root);
    void routes(const YAML::Node& root);
    /// Returns the rules, resolved; invalid ones are reported and left out.
    std::vector<Rule> rules(const YAML::Node& root);

    Standing standing(const YAML::Node& node);
    ClassSet class_set(const YAML::Node& node);
    std::optional<ClassId> class_id(const YAML::Node& word);
    Region region(const YAML::Node& codes);
    std::optional<PurposeSet> purposes(const YAML::Node& node);
    std::filesystem::path path(const YAML::Node& text) const;
    /// Resolves a reference and reports a file or variable that is not there, or a file others may read.
    SecretRef secret(const YAML::Node& text);
    /// Reports an id that was used before in `list`.
    template <class List>
    void unique(const List& list, const YAML::Node& id) {
        for (const auto& one : list)
            if (name_of(one) == id.Scalar()) report.error(id.Mark(), "\"" + id.Scalar() + "\" is used twice");
    }

  private:
    static const std::string& name_of(const Listener& one) { return one.name; }
    template <class T>
    static const std::string& name_of(const T& one) { return one.id; }
    std::optional<Rule> rule(const YAML::Node& node);
    void target(const YAML::Node& node, Rule& rule);
};

/// Calls `visit(element)` for a list's elements, or for the node itself if it is a single word.
template <class Visit>
void each_word(const YAML::Node& node, Visit&& visit) {
    if (node.IsSequence())
        for (const auto& element : node) visit(element);
    else
        visit(node);
}

}  // namespace bordergate
