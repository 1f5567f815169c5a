// The time of day, by which moments are told that outlive a connection.
#pragma once

#include <ctime>

namespace bordergate {

/// Seconds since the epoch. Tests have their own.
using WallClock = std::time_t (*)();

inline std::time_t wall_time() { return std::time(nullptr); }

}  // namespace bordergate
