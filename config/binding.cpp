#include "config/binding.hpp"

#include <algorithm>

namespace bordergate {

std::vector<BindingLaw> binding_laws(const Atlas& atlas, const Standing& standing) {
    std::vector<BindingLaw> laws;
    const auto bind = [&](const Places& where, bool limits_only) {
        for (const auto index : atlas.laws_at(where)) {
            const Places place = where & atlas.laws()[index].territory;
            // The same law at the same place once more would add nothing.
            const bool bound = std::any_of(laws.begin(), laws.end(), [&](const BindingLaw& law) {
                return law.law == index && law.place.covers(place);
            });
            if (!bound) laws.push_back({index, place, limits_only});
        }
    };

    if (standing.knows_location())
        bind(standing.location, false);
    else
        laws.push_back({no_law, atlas.everywhere(), false});

    if (standing.knows_operator())
        bind(standing.operator_law(atlas), true);
    else
        laws.push_back({no_law, atlas.everywhere(), true});
    return laws;
}

}  // namespace bordergate
