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

}  // namespace bordergate
