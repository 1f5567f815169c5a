// Findings that overlap: what they make together. A match leaves nothing of another that it overlaps in clear.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "config/class_tree.hpp"

namespace bordergate {

/// Bytes [begin, end) of a text hold something of these classes.
struct Finding {
    std::size_t begin = 0, end = 0;
    std::string_view entity;  ///< of the recogniser (the best, where several found something); lives as the scanner does
    ClassSet data;
    float score = 0;          ///< of the best; 0 where nothing was recognised
};

/// Puts the findings from `first` on in order and makes those that overlap, one through the other, one: it reaches as far
/// as they do together and has all their classes. The one of the highest score, then the longest, then the first, names
/// it. What has only classes of `harmless` lengthens nothing else: where it overlaps others, these have its classes too;
/// else it stays a finding of its own. So what is found depends on no text further away than the findings themselves.
/// Cost: as sorting them.
void join_overlaps(std::vector<Finding>& findings, std::size_t first, ClassSet harmless);

}  // namespace bordergate
