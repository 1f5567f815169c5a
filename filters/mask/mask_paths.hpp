// The JSONPaths that `with:` names, compiled: operators for places, and the subjects of dates.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "config/loader.hpp"
#include "config/policy.hpp"
#include "filters/body/json_path.hpp"
#include "filters/place.hpp"

namespace bordergate {

/// Of one policy, whose parameters it borrows. Immutable and shared by all exchanges.
class MaskPaths {
  public:
    MaskPaths(MaskPaths&&) = default;
    MaskPaths& operator=(MaskPaths&&) = default;
    /// None: a policy whose operators are not chosen by path has no need of more.
    MaskPaths() = default;
    /// Fault (internal) that names the path and the reason, for one that cannot be decided while streaming.
    static Result<MaskPaths> compile(const Policy& policy);

    /// The operator for one value of `entity` under `cell`: the strictest of those that its rules name for it. Of equally
    /// strict ones that of the innermost value which a path selects; that two select one value the loader does not allow.
    MaskSpec choose(const Policy& policy, const Cell& cell, std::string_view entity, const Place* place) const;

    /// The subjects of date_shift, each once.
    std::span<const JsonPath> subjects() const { return subjects_; }
    /// The paths with filters by which operators are chosen.
    std::span<const JsonPath* const> filtered() const { return filtered_; }
    /// The compiled one; null if the policy has none of that text.
    const JsonPath* subject(std::string_view text) const;

  private:
    std::vector<std::vector<JsonPath>> tables_;  ///< by Policy::refinements(), then by MaskTable::paths
    std::vector<JsonPath> subjects_;
    std::vector<const JsonPath*> filtered_;  ///< in tables_, which do not change
};

/// Adds a diagnostic for every path of a mask that cannot be decided while a document streams, and for two that can
/// select one value and name operators of which neither hides more: each an error.
void check_mask_paths(const Snapshot& snapshot, Diagnostics& diagnostics);

}  // namespace bordergate
