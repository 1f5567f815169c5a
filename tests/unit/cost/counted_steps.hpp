// How much is done, counted and not timed: the branches that the counted sources take (CMakeLists.txt compiles them once more
// with a call at each), and the bytes that are copied, moved, compared and searched by the C library.
#pragma once

#include <cstdint>

namespace bordergate::testing {

/// All so far, on this thread.
std::uint64_t steps_taken();

template <class Work>
std::uint64_t steps_of(Work&& work) {
    const auto before = steps_taken();
    work();
    return steps_taken() - before;
}

}  // namespace bordergate::testing
