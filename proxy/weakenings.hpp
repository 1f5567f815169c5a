// What of a configuration weakens the border although it is allowed: said in the audit log whenever it comes into force.
#pragma once

#include <string>
#include <vector>

#include "config/settings.hpp"

namespace bordergate {

/// One sentence for each: proxies that are believed, addresses of clients that are told (PROXY protocol), credentials
/// that are handed on, private addresses that may be dialled, recognisers that are
/// off or yield another class, permits to anywhere.
std::vector<std::string> weakenings(const Snapshot& snapshot);

}  // namespace bordergate
