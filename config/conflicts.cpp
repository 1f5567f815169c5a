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

bool can_meet(const Rule& a, const Rule& b) {
    return a.form == b.form && a.data.meets(b.data) && (a.purposes & b.purposes) != 0 &&
           a.from.possible.meets(b.from.possible) && a.valid_from < b.valid_to &&
           b.valid_from < a.valid_to && targets_meet(a, b);
}

}  // namespace

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
            if (a.form == Form::mask && a.with && b.with && *a.with != *b.with &&
                strictness(*a.with) == strictness(*b.with))
                report("neither of their mask operators hides more than the other");
            if (a.form == Form::seal && a.key && b.key && *a.key != *b.key)
                report("they seal under different keys (" + *a.key + ", " + *b.key + ")");
        }
    return found;
}

}  // namespace bordergate
