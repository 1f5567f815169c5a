// Destination derivation: the one function in which reverse and forward mode differ.
#pragma once

#include <memory>
#include <vector>

#include "config/settings.hpp"
#include "filters/fault.hpp"
#include "filters/message.hpp"

namespace bordergate {

/// Where a request could go, in order of preference.
struct Candidates {
    const Route* route = nullptr;               ///< reverse mode
    std::vector<const Destination*> destinations;
    std::unique_ptr<Destination> undeclared;    ///< owns the one destination nobody declared (forward mode)
};

/// Reverse mode: the destinations of the first route that matches listener, host, path and method.
/// Forward mode: the declared destination whose URL the target names, else an undeclared one of unknown
/// standing. Fault no_route where nothing matches.
Result<Candidates> derive_candidates(const Snapshot& snapshot, const Listener& listener, const RequestHead& head,
                                     bool absolute);

/// True if `path` is `prefix` or lies below it, on a segment boundary.
bool lies_below(std::string_view path, std::string_view prefix);

}  // namespace bordergate
