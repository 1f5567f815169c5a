// What a recogniser looks for, as data: the built-in ones (config/packs/recognisers.yaml) and the operator's own are
// described alike. Knows no text; filters/detect makes a scanner of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/class_tree.hpp"

namespace bordergate {

struct RecogniserSpec {
    std::string entity;   ///< Presidio's name where it has the entity
    std::string title;    ///< for people
    std::string country;  ///< ISO 3166-1, of an identifier that one country gives out; else empty
    std::string data;     ///< the class it yields
    bool enabled = true;
    std::string method;   ///< recognised by code of that name, not by patterns
    std::vector<std::string> patterns;  ///< RE2 syntax, bounded; matched at word boundaries
    std::vector<std::string> words;     ///< matched whole and case-folded
    std::string checksum;               ///< of config/checksum_names.hpp; empty: none
    std::vector<std::string> context;   ///< words that announce it, in any case
    float alone = 0;  ///< the score of a match without such a word near it
    float near = 0;   ///< and with one
};

/// From this score on a match counts.
inline constexpr float match_threshold = 0.5F;

/// A recogniser with the class it yields in this configuration.
struct Recogniser {
    RecogniserSpec spec;
    ClassId data{};
};

/// Those of config/packs/recognisers.yaml. Throws std::runtime_error if that data is broken (a build fault).
const std::vector<RecogniserSpec>& builtin_recognisers();

/// The built-in one of that name; null: there is none.
const RecogniserSpec* find_builtin_recogniser(std::string_view entity);

}  // namespace bordergate
