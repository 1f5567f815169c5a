// Findings that overlap: what they make together. A match leaves nothing of another that it overlaps in clear.
#pragma once

#include <cstddef>
#include <vector>

#include "filters/detect/finding.hpp"

namespace bordergate {

/// Puts the findings from `first` on in order and makes those that overlap, one through the other, one: it reaches as far
/// as they do together and has all their classes. The one of the highest score, then the longest, then the first, names
/// it. What has only classes of `harmless` lengthens nothing else: where it overlaps others, these have its classes too;
/// else it stays a finding of its own. So what is found depends on no text further away than the findings themselves.
/// Cost: as sorting them.
void join_overlaps(std::vector<Finding>& findings, std::size_t first, ClassSet harmless);

/// Adds `one`, which begins no earlier than those from `first` on, unless one of them that it overlaps is better: of a higher
/// score, or of the same and no shorter. Those that it is better than go. So none overlaps another.
template <class Found>
void settle(std::vector<Found>& all, std::size_t first, const Found& one) {
    std::size_t keep = all.size();
    while (keep > first && all[keep - 1].end > one.begin) {
        const auto& other = all[keep - 1];
        const bool better = one.score > other.score || (one.score == other.score && one.end - one.begin > other.end - other.begin);
        if (!better) return;
        --keep;
    }
    all.resize(keep);
    all.push_back(one);
}

/// Puts the findings from `first` on in order and keeps the best of those that overlap, as they are.
void keep_best(std::vector<Finding>& findings, std::size_t first);

}  // namespace bordergate
