// What comes out of a stream must not depend on how what goes in is split.
#pragma once

#include <catch2/catch.hpp>
#include <string>

namespace bordergate::testing {

/// What `run(step)` makes of an input of `size` bytes in pieces of `step`; checks that it is the same for every step.
template <class Run>
std::string at_every_split(std::size_t size, Run&& run) {
    const std::string bytewise = run(std::size_t{1});
    for (std::size_t step = 2; step <= size + 1; ++step) {
        INFO("in pieces of " << step);
        CHECK(run(step) == bytewise);
    }
    return bytewise;
}

}  // namespace bordergate::testing
