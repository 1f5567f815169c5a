// Values of which is known what they are, hidden in texts and placed in bodies wherever somebody could put them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/unit/filters/crossed_body.hpp"

namespace bordergate::testing {

/// A text that holds one value, which the usual recognisers find in it.
struct HiddenValue {
    std::string entity;
    std::string value;
    std::string text;
};

/// Of every entity that is looked for without being asked for, in `each` sentences; those in which the value is not found
/// are left out: how many are is what the tests of quality bound.
std::vector<HiddenValue> hidden_values(unsigned seed, int each);

/// A way to write a text so that another text results.
struct Disguise {
    std::string name;
    std::function<std::string(const std::string&)> apply;
};
/// None, and the encodings that the scanner looks into, also inside each other.
const std::vector<Disguise>& disguises();

/// A place in a body: makes a body that has a text there; nothing if the place cannot have it.
struct HidingPlace {
    std::string name;
    std::function<std::optional<std::string>(const HiddenValue&, const std::string&)> body;
};
const std::vector<HidingPlace>& hiding_places(const BodyForm& form);

}  // namespace bordergate::testing
