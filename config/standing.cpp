#include "config/standing.hpp"

#include <algorithm>

namespace bordergate {

Standing Standing::unknown(const Atlas& atlas) {
    Standing standing;
    standing.location = atlas.everywhere();
    return standing;
}

bool Standing::knows_operator() const {
    return operator_known && !operators.empty() &&
           std::none_of(operators.begin(), operators.end(),
                        [](const Party& party) { return party.law.empty(); });
}

Places Standing::operator_law(const Atlas& atlas) const {
    if (!knows_operator()) return atlas.everywhere();
    Places law;
    for (const auto& party : operators) law |= party.law;
    return law;
}

bool stands_with(const Standing& home, const Standing& other) {
    const auto within = [](const Places& inner, const Places& outer) { return (inner & outer) == inner; };
    if (!home.knows_location() || !other.knows_location() || !within(other.location, home.location)) return false;
    if (!home.knows_operator() || !other.knows_operator()) return false;
    return std::all_of(other.operators.begin(), other.operators.end(), [&](const Party& party) {
        return std::any_of(home.operators.begin(), home.operators.end(),
                           [&](const Party& known) { return (known.name.empty() || known.name == party.name) && within(party.law, known.law); });
    });
}

Standing merge(const std::vector<Vote>& votes, const Atlas& atlas) {
    struct Axis {
        Places established;
        bool any = false;
        bool contradicted = false;
    };
    const auto settle = [&](StandingAxis which) {
        Axis axis{atlas.everywhere()};
        for (const auto& vote : votes) {
            if (vote.axis != which || vote.veto_only) continue;
            axis.any = true;
            axis.established = axis.established & vote.value;
        }
        Places agreed = axis.established;
        for (const auto& vote : votes)
            if (vote.axis == which && vote.veto_only) agreed = agreed & vote.value;
        axis.contradicted = agreed.empty();
        return axis;
    };

    Standing standing = Standing::unknown(atlas);
    if (const Axis axis = settle(StandingAxis::location); axis.any && !axis.contradicted) {
        standing.location = axis.established;
        standing.location_known = true;
    }
    if (const Axis axis = settle(StandingAxis::operator_); axis.any && !axis.contradicted) {
        standing.operators = {Party{"", axis.established}};
        standing.operator_known = true;
    }
    return standing;
}

}  // namespace bordergate
