// Which of several paths select the value a JSON reader stands at, kept up to date step by step.
#pragma once

#include <vector>

#include "filters/body/json_path.hpp"

namespace bordergate {

class JsonTracker {
  public:
    /// `path` is borrowed; `what` is the answer for the values it selects, or-ed over all paths.
    void add(const JsonPath& path, std::size_t what) { paths_.push_back({&path, what}); }
    bool empty() const { return paths_.empty(); }

    /// The document's own value begins.
    void at_root() { here_.assign(paths_.size(), JsonPath::root); }
    /// A value begins below the containers opened so far. Filters that are not asked count as if they held.
    void at(const JsonStep& step) {
        here_.clear();
        if (!alive_.back()) return;
        const auto* parent = states_.data() + (alive_.size() - 1) * paths_.size();
        for (std::size_t i = 0; i < paths_.size(); ++i) here_.push_back(parent[i] == 0 ? 0 : paths_[i].path->advance(parent[i], step));
    }
    /// The same, where `answers(path)` are those of a path with filters about this value (JsonPath::advance).
    template <class Answers>
    void at(const JsonStep& step, Answers&& answers) {
        here_.clear();
        if (!alive_.back()) return;
        const auto* parent = states_.data() + (alive_.size() - 1) * paths_.size();
        for (std::size_t i = 0; i < paths_.size(); ++i) {
            const JsonPath& path = *paths_[i].path;
            here_.push_back(parent[i] == 0 ? 0 : path.advance(parent[i], step, path.filtered() ? answers(path) : JsonPath::unasked));
        }
    }
    /// Calls `visit(what, state)` for every path that may select something in the innermost open container.
    template <class Visit>
    void inside(Visit&& visit) const {
        if (!alive_.back()) return;
        const auto* parent = states_.data() + (alive_.size() - 1) * paths_.size();
        for (std::size_t i = 0; i < paths_.size(); ++i)
            if (parent[i] != 0) visit(paths_[i].what, parent[i]);
    }
    /// Calls `visit(what)` for every path that selects the current value.
    template <class Visit>
    void selected(Visit&& visit) const {
        for (std::size_t i = 0; i < here_.size(); ++i)
            if (here_[i] != 0 && paths_[i].path->selects(here_[i])) visit(paths_[i].what);
    }

    /// The current value is a container whose values come next.
    void open() {
        JsonPath::State any = 0;
        for (auto state : here_) any |= state;
        alive_.push_back(any != 0);
        states_.resize(alive_.size() * paths_.size());
        for (std::size_t i = 0; i < here_.size(); ++i) states_[(alive_.size() - 1) * paths_.size() + i] = here_[i];
    }
    void close() { alive_.pop_back(); }

  private:
    struct Entry {
        const JsonPath* path;
        std::size_t what;
    };
    std::vector<Entry> paths_;
    std::vector<JsonPath::State> here_;    ///< by path; empty where nothing can be selected any more
    std::vector<JsonPath::State> states_;  ///< of the open containers, a row each
    std::vector<bool> alive_;              ///< whether such a row has any state left
};

}  // namespace bordergate
