// A transform fed in pieces of one size, as fuzz targets compare it with itself.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "filters/transform.hpp"

namespace bordergate {

struct Fed {
    std::string out;
    bool failed = false;
};

/// What `transform` makes of `in`, up to its end or its first fault.
inline Fed fed(Transform& transform, std::string_view in, std::size_t step) {
    Fed made;
    for (; !in.empty() && !made.failed; in.remove_prefix(std::min(step, in.size()))) made.failed = transform.feed(in.substr(0, step), made.out).has_error();
    if (!made.failed) made.failed = transform.finish(made.out).has_error();
    return made;
}

}  // namespace bordergate
