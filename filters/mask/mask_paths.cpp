#include "filters/mask/mask_paths.hpp"

#include <algorithm>

namespace bordergate {

Result<MaskPaths> MaskPaths::compile(const Policy& policy) {
    MaskPaths paths;
    for (const auto index : policy.refinements()) {
        auto& table = paths.tables_.emplace_back();
        for (const auto& at : policy.rule(index).masks->paths) {
            auto path = JsonPath::compile(at.path);
            if (path.has_error()) return path.error();
            table.push_back(std::move(*path));
        }
    }
    for (const auto& rule : policy.rules()) {
        if (!rule.masks) continue;
        for (const auto& subject : rule.masks->subjects) {
            if (paths.subject(subject.path)) continue;
            auto path = JsonPath::compile(subject.path);
            if (path.has_error()) return path.error();
            paths.subjects_.push_back(std::move(*path));
        }
    }
    for (const auto& table : paths.tables_)
        for (const auto& path : table)
            if (path.filtered()) paths.filtered_.push_back(&path);
    return paths;
}

const JsonPath* MaskPaths::subject(std::string_view text) const {
    const auto found = std::find_if(subjects_.begin(), subjects_.end(), [&](const auto& one) { return one.text() == text; });
    return found == subjects_.end() ? nullptr : &*found;
}

MaskSpec MaskPaths::choose(const Policy& policy, const Cell& cell, std::string_view entity, const Place* place) const {
    if (cell.refined == 0) return cell.with;
    const MaskSpec* strictest = cell.with_counts ? &cell.with : nullptr;
    std::size_t depth = 0;  // of what the strictest is for
    const auto offer = [&](const MaskSpec& with, std::size_t at) {
        const bool stricter = !strictest || strictness(with) > strictness(*strictest);
        if (!stricter && (at <= depth || strictness(with) < strictness(*strictest))) return;
        strictest = &with;
        depth = at;
    };
    const auto refinements = policy.refinements();
    for (std::size_t i = 0; i < refinements.size(); ++i) {
        if ((cell.refined >> i & 1) == 0) continue;
        const Rule& rule = policy.rule(refinements[i]);
        bool apart = false;
        if (const auto found = rule.masks->entities.find(entity); found != rule.masks->entities.end()) {
            offer(found->second, 0);
            apart = true;
        }
        for (std::size_t j = 0; place && i < tables_.size() && j < tables_[i].size(); ++j) {
            const auto at = place->selected_depth(tables_[i][j]);
            if (at == 0) continue;
            offer(rule.masks->paths[j].with, at);
            apart = true;
        }
        if (!apart) offer(*rule.with, 0);
    }
    return *strictest;
}

namespace {

struct Written {
    const Rule* rule;
    const MaskTable::AtPath* at;
    JsonPath path;
};

void refuse(Diagnostics& diagnostics, const Snapshot& snapshot, int line, int column, std::string what, std::string suggestion) {
    diagnostics.push_back({snapshot.file, line, column, Diagnostic::Severity::error, std::move(what), std::move(suggestion)});
}

/// Compiles a path; says what is wrong with one that cannot be.
std::optional<JsonPath> compiled(Diagnostics& diagnostics, const Snapshot& snapshot, const std::string& text, int line, int column) {
    std::string hint;
    auto path = JsonPath::compile(text, &hint);
    if (path.has_value()) return std::move(*path);
    refuse(diagnostics, snapshot, line, column, path.error().detail, std::move(hint));
    return std::nullopt;
}

}  // namespace

void check_mask_paths(const Snapshot& snapshot, Diagnostics& diagnostics) {
    std::vector<Written> written;
    std::vector<const MaskTable*> seen;  // a rule that was cut in time shares one
    for (const auto& rule : snapshot.policy.rules()) {
        if (!rule.masks || std::find(seen.begin(), seen.end(), rule.masks.get()) != seen.end()) continue;
        seen.push_back(rule.masks.get());
        for (const auto& subject : rule.masks->subjects) (void)compiled(diagnostics, snapshot, subject.path, subject.line, subject.column);
        for (const auto& at : rule.masks->paths)
            if (auto path = compiled(diagnostics, snapshot, at.path, at.line, at.column)) written.push_back({&rule, &at, std::move(*path)});
    }
    for (std::size_t i = 0; i < written.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) {
            const Written &a = written[j], &b = written[i];
            const bool together = a.rule == b.rule || can_meet(*a.rule, *b.rule);
            if (!together || !incomparable(a.at->with, b.at->with) || !a.path.may_meet(b.path)) continue;
            refuse(diagnostics, snapshot, b.at->line, b.at->column,
                   "a value may be selected both by " + a.at->path + " (line " + std::to_string(a.at->line) + ") and by " + b.at->path + ", and neither operator hides more than the other",
                   "name the same operator, or a stricter one, for one of them");
        }
}

}  // namespace bordergate
