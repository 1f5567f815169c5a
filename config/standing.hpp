// Standing: where something is (`location`) and who can be compelled to disclose it (`operator`).
#pragma once

#include <string>
#include <vector>

#include "config/jurisdiction.hpp"

namespace bordergate {

/// A named party that holds or hosts data, with the places whose law binds it. A host under the
/// recipient (its cloud) is a party too.
struct Party {
    std::string name;  ///< empty: somebody under that law, never taken for the same as another
    Places law;        ///< empty: not known, hence any
    friend bool operator==(const Party&, const Party&) = default;
};

/// Where something stands. `location` is the set of places it could be in (one, when declared well);
/// an axis that is not known is a value of its own and no permit but `anywhere` matches it.
struct Standing {
    Places location;
    bool location_known = false;
    std::vector<Party> operators;
    bool operator_known = false;

    /// A standing of which nothing is known.
    static Standing unknown(const Atlas& atlas);
    /// All places whose law binds some operator; everywhere if the operator is unknown.
    Places operator_law(const Atlas& atlas) const;
    /// What a permit may rely on: the axis is declared known and says something (an empty set of
    /// places, no party, or a party without a law says nothing).
    bool knows_location() const { return location_known && !location.empty(); }
    bool knows_operator() const;
    friend bool operator==(const Standing&, const Standing&) = default;
};

/// True if what is disclosed at `home` can be disclosed at `other` to no further place and no further party: both locations
/// are known and `other`'s lies in `home`'s, and each party at `other` is one of `home`'s, or stands under no law but that of
/// one of `home`'s that has no name. Any permit that lets data stand at `home` then reaches `other`, and any
/// limit that binds `other` binds `home`.
bool stands_with(const Standing& home, const Standing& other);

/// The axis a vote speaks about.
enum class StandingAxis { location, operator_ };

/// One piece of evidence for a standing: who says so, about which axis, what, and on what ground.
struct Vote {
    std::string source;  ///< `declaration`, `request`, `cloud-ranges`, `country-database`
    StandingAxis axis = StandingAxis::location;
    Places value;
    std::string evidence;
    bool veto_only = false;  ///< an address lookup: may contradict the others, establishes nothing
};

/// Merges votes into a standing: an axis nobody votes on is unknown, and so is one whose votes
/// contradict each other (no place satisfies all of them). A vote can narrow an axis, never widen it; one
/// that is `veto_only` does not narrow either. The order of votes does not matter. Votes on the operator
/// yield one unnamed party.
Standing merge(const std::vector<Vote>& votes, const Atlas& atlas);

}  // namespace bordergate
