// Other proxies as real peers of a flow test: each before an upstream of the test, in a folder of its own, on ports that were
// free a moment ago, with a second of patience for whoever is silent. Nothing of the system is read or written but programs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/process.hpp"

namespace bordergate::testing {

/// A peer that runs until the test ends.
struct Rival {
    std::string name;
    std::uint16_t h1 = 0;              ///< where it takes HTTP/1.1
    std::optional<std::uint16_t> h2;   ///< where it takes HTTP/2 in clear by prior knowledge, if it can
    std::unique_ptr<Folder> folder;
    std::unique_ptr<Process> process;
};

/// nginx, HAProxy, Traffic Server and mitmproxy before `upstream`, which has to answer the request that asks whether they are
/// up. Who is not installed or does not start is missing from the list, and the test says so.
std::vector<Rival> start_rivals(std::uint16_t upstream);

}  // namespace bordergate::testing
