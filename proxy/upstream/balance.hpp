// Which of a destination's addresses a request goes to: of two chosen by chance, the one with fewer requests in flight.
// Without I/O and without a clock; chance is handed in.
#pragma once

#include <cstddef>
#include <random>
#include <span>

#include "config/upstream_settings.hpp"

namespace bordergate {

/// Chance of one worker. Balancing and jitter need no secrecy.
using Chance = std::minstd_rand;

/// A number from 0 to below 1.
double fraction(Chance& chance);

/// An address that may be chosen.
struct Choice {
    std::size_t in_flight = 0;  ///< requests that are there now
    double weight = 1;          ///< share of chances it takes part in, above 0 and at most 1
};

/// Index of the one to use. `choices` is not empty; `in_order` takes the first. Of those that take part (a weight below 1
/// may sit out; if all do, all take part) two are drawn and the less busy one is taken: a choice that never herds, at
/// the cost of two numbers (Mitzenmacher, The Power of Two Choices, 2001).
std::size_t choose(std::span<const Choice> choices, Balance balance, Chance& chance);

}  // namespace bordergate
