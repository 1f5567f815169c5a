// What the paths that a JSON document is read by say of the value that a reader stands at.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "filters/body/json_answers.hpp"
#include "filters/body/json_rewrite.hpp"
#include "filters/body/json_subjects.hpp"
#include "filters/body/json_tracker.hpp"

namespace bordergate {

/// Kept up to date with each value and container of the document, in its order.
class JsonMarks {
  public:
    /// All are borrowed; `paths` may be null. `choices`: paths with filters of which selected_depth() must know.
    /// `answers` of the filters that any of them have; null: none has one.
    JsonMarks(const JsonPaths* paths, std::span<const JsonPath> subjects, std::span<const JsonPath* const> choices = {}, JsonAnswers* answers = nullptr);

    /// A value begins at `steps` from the root, with the document's byte `position`.
    void at(std::span<const JsonStep> steps, std::uint64_t position = 0);
    /// Whether there are paths at all: if not, nothing else need be called.
    bool any() const { return !tracker_.empty(); }
    /// The current value is a container, `depth` steps from the root; or such a one ends.
    void open(std::size_t depth);
    void close(std::size_t depth);
    /// A key begins, `depth` steps from the root: the value before it has gone by.
    void key(std::size_t depth) { forget(depth); }
    /// The text of the current value, which is no container.
    void says(std::size_t depth, std::string_view text);

    // Of the current value:
    ClassSet declared() const { return declared_; }
    bool is_model() const { return is_model_; }
    bool is_correlation() const { return is_correlation_; }
    /// It is a tool's argument, or stands in one.
    bool tool_arguments() const { return tool_.here; }
    /// Somebody has signed it, or what it stands in: it may not change.
    bool is_signed() const { return signed_.here; }
    /// Some path but that of tool arguments selects it: no other value may stand under its name.
    bool decides() const { return !declared_.empty() || is_model_ || !subject_of_.empty(); }
    /// The subject by `path` of the record that it stands in; null: not known so far.
    const std::string* subject(const JsonPath& path) const { return subjects_.find(path); }
    /// Of one of the choices: what Place::selected_depth says of it.
    std::size_t selected_depth(const JsonPath& path) const;

  private:
    // What the paths are for; selectors follow, by index, then subjects, then choices.
    enum Use : std::size_t { model_path, correlation_path, tool_path, signed_path, first_selector };

    /// Of a kind of values: all that stands in one is of it too.
    struct Within {
        bool here = false;
        std::size_t depth = 0;  ///< of the container that is one, plus one; 0: outside of any
        void begin() { here = depth != 0; }
        void open(std::size_t at) { if (here && depth == 0) depth = at + 1; }
        void close(std::size_t at) { if (depth > at) depth = 0; }
    };

    struct Choice {
        const JsonPath* path;
        std::vector<std::size_t> depths;  ///< of the values on the way here that it selects, the document counting as 1
    };
    void mark(std::size_t use, std::size_t depth);
    /// What was selected at `depth` steps from the root, or further down, has ended.
    void forget(std::size_t depth);

    const JsonPaths* paths_;
    std::span<const JsonPath> subject_paths_;
    std::vector<Choice> choices_;
    JsonAnswers* answers_;
    JsonTracker tracker_;
    ClassSet declared_;
    bool is_model_ = false, is_correlation_ = false;
    Within tool_, signed_;
    std::vector<const JsonPath*> subject_of_;
    JsonSubjects subjects_;
};

}  // namespace bordergate
