// An edition: one version of the configuration at work on one worker, with the connections made under it. A reload puts
// another in its place, whole.
#pragma once

#include <chrono>
#include <memory>

#include "proxy/equipment.hpp"
#include "proxy/upstream/pool.hpp"

namespace bordergate {

/// Belongs to one worker. Every exchange holds the edition it began under, so a request and its answer finish by the same
/// rules and over connections that these rules allow; the last holder closes what is left of its connections.
struct Edition {
    Edition(EquipmentPtr equipment_, const UpstreamPool::Means& means) : equipment(std::move(equipment_)), pool(means, snapshot()) {}

    const Snapshot& snapshot() const { return *equipment->snapshot; }

    EquipmentPtr equipment;
    UpstreamPool pool;
    std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();  ///< when it was put to use
};

using EditionPtr = std::shared_ptr<Edition>;

}  // namespace bordergate
