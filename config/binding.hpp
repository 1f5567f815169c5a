// Which laws bind data that stands somewhere (design, section 2): those of its location need a permit and
// bring limits, those of its operator bring limits only.
#pragma once

#include <vector>

#include "config/policy.hpp"

namespace bordergate {

/// The laws of `standing`, each with the places where it binds. An unknown location is bound by a law we
/// do not know, everywhere; an unknown operator by the limits of every place. Never empty.
std::vector<BindingLaw> binding_laws(const Atlas& atlas, const Standing& standing);

}  // namespace bordergate
