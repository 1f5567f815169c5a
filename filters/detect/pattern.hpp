// One pattern of a recogniser and how sure its matches are, whichever way it is looked for.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "filters/detect/checksums.hpp"
#include "filters/detect/context.hpp"
#include "filters/detect/recognisers.hpp"
#include "filters/detect/shape.hpp"

namespace bordergate {

/// What looks like a match of one recogniser.
struct Sighting {
    Found found;
    std::uint16_t recogniser = 0;
};

/// How sure a match is: by its check digits and by what stands near it.
struct Weight {
    Checksum checksum = nullptr;            ///< null: none
    bool verbatim = false;                  ///< it reads the match as it stands
    const ContextWords* context = nullptr;  ///< borrowed; null: none
    std::uint16_t recogniser = 0;
    float alone = 0, near = 0;

    /// Appends text[begin, end) if it counts: its check digits are right and its score is enough.
    void weigh(std::string_view text, std::size_t begin, std::size_t end, Surroundings& surroundings, std::vector<Sighting>& sightings) const;
};

struct Pattern {
    Shape shape;
    Weight weight;
};

/// Weighs the match of `pattern` that begins at `begin`, if there is one and it is a whole word or number.
void weigh(const Pattern& pattern, std::string_view text, std::size_t begin, Surroundings& surroundings, std::vector<Sighting>& sightings);

/// The same of a token, which is no number that could go on as a fraction or a chain.
void weigh_token(const Pattern& pattern, std::string_view text, std::size_t begin, Surroundings& surroundings, std::vector<Sighting>& sightings);

}  // namespace bordergate
