#include <algorithm>

#include "config/policy.hpp"

namespace bordergate {

namespace {

// An axis that a permit does not name may be anything.
bool axis_meets(bool named_a, const Region& a, bool named_b, const Region& b) {
    return !named_a || !named_b || a.possible.meets(b.possible);
}

// True if some standing with one place on each axis is matched by both `to`. A permit holds both axes
// together, a limit needs only one of them.
bool targets_meet(const Rule& a, const Rule& b) {
    const Target &x = a.to, &y = b.to;
    if (x.anywhere || y.anywhere) return true;
    const bool location =
        axis_meets(x.names_location, x.location, y.names_location, y.location);
    const bool operator_law =
        axis_meets(x.names_operator, x.operator_law, y.names_operator, y.operator_law);
    if (a.permit && b.permit) return location && operator_law;
    if (a.permit || b.permit) {
        const Target& limit = a.permit ? y : x;
        return (limit.names_location && location) || (limit.names_operator && operator_law);
    }
    // Two limits on different axes always meet somewhere, two on one axis only if their regions do.
    return (x.names_location && y.names_location && location) ||
           (x.names_operator && y.names_operator && operator_law) ||
           (x.names_location && y.names_operator) || (x.names_operator && y.names_location);
}

const MaskTable& table_of(const Rule& rule) {
    static const MaskTable none;
    return rule.masks ? *rule.masks : none;
}

/// The operator of `rule` for an entity, wherever it stands.
const MaskSpec& for_entity(const Rule& rule, const std::string& entity) {
    const auto& entities = table_of(rule).entities;
    const auto found = entities.find(entity);
    return found == entities.end() ? *rule.with : found->second;
}

/// What the two rules disagree about, if they can meet: an entity, a path, or everything.
std::string mask_conflict(const Rule& a, const Rule& b) {
    if (incomparable(*a.with, *b.with)) return "neither of their mask operators hides more than the other";
    const auto of_one = [](const Rule& one, const Rule& other) -> std::string {
        const MaskTable &ours = table_of(one), &theirs = table_of(other);
        for (const auto& [entity, with] : ours.entities)
            if (incomparable(with, for_entity(other, entity))) return "neither of their mask operators for " + entity + " hides more than the other";
        for (const auto& at : ours.paths) {
            const bool same = std::any_of(theirs.paths.begin(), theirs.paths.end(), [&](const auto& their) { return their.path == at.path; });
            bool unclear = !same && incomparable(at.with, *other.with);
            for (const auto& [entity, with] : theirs.entities) unclear = unclear || incomparable(at.with, with);
            if (unclear) return "neither of their mask operators at " + at.path + " hides more than the other";
        }
        return {};
    };
    const auto what = of_one(a, b);
    return what.empty() ? of_one(b, a) : what;
}

}  // namespace

bool can_meet(const Rule& a, const Rule& b) {
    return a.form == b.form && a.data.meets(b.data) && (a.purposes & b.purposes) != 0 &&
           a.from.possible.meets(b.from.possible) && a.valid_from < b.valid_to &&
           b.valid_from < a.valid_to && targets_meet(a, b);
}

std::vector<RuleConflict> conflicts(const Policy& policy) {
    std::vector<RuleConflict> found;
    const auto rules = policy.rules();
    for (std::size_t i = 0; i < rules.size(); ++i)
        for (std::size_t j = i + 1; j < rules.size(); ++j) {
            const Rule &a = rules[i], &b = rules[j];
            if (!can_meet(a, b)) continue;
            const auto report = [&](const std::string& what) {
                found.push_back({static_cast<RuleIndex>(i), static_cast<RuleIndex>(j),
                                 "rules " + a.id + " and " + b.id + " can meet, and " + what});
            };
            if (a.form == Form::mask && a.with && b.with)
                if (const auto what = mask_conflict(a, b); !what.empty()) report(what);
            if (a.form == Form::seal && a.key && b.key && *a.key != *b.key)
                report("they seal under different keys (" + *a.key + ", " + *b.key + ")");
        }
    return found;
}

}  // namespace bordergate
