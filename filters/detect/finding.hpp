// What was found in a text, by whomever.
#pragma once

#include <cstddef>
#include <string_view>

#include "config/class_tree.hpp"

namespace bordergate {

/// Bytes [begin, end) of a text hold something of these classes.
struct Finding {
    std::size_t begin = 0, end = 0;
    std::string_view entity;  ///< of who found it (the first, where several found something); lives as the scanner or analyser does
    ClassSet data;
    float score = 0;          ///< of the best; 0 where nothing was recognised
};

}  // namespace bordergate
