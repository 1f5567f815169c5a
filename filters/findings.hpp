// What the filter chain saw and did in one message: for the judgement after a hold, and for the record.
// Holds counts and places, never values.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/class_tree.hpp"
#include "config/policy.hpp"

namespace bordergate {

struct Findings {
    static constexpr std::size_t most_pointers = 32;
    ClassSet classes;                            ///< everything found; `plain` if inspected and nothing found
    std::map<std::string, std::uint64_t, std::less<>> entities;  ///< how many per entity type
    std::vector<std::string> pointers;           ///< JSON Pointers (RFC 6901), protobuf field paths or header names; at most most_pointers
    std::uint64_t values = 0;                    ///< how many values had a class
    std::uint64_t masked = 0, sealed = 0, restored = 0, unsealed = 0;
    std::uint64_t foreign_labels = 0;            ///< looked like a label of ours and was not issued here
    std::uint64_t forgotten_labels = 0;          ///< labels whose values were too many to remember: they are not restored
    std::set<std::string, std::less<>> operators; ///< mask operators used
    std::set<std::string, std::less<>> key_ids;   ///< keys used
    std::string correlation;                     ///< JSON that tells to which request of a connection an answer belongs; empty: not known
    bool signed_blocks = false;                  ///< something in it was signed or sealed by whoever shall read it
    std::string model;                           ///< as the body names it; empty if it names none

    void saw(ClassSet classes_found, std::string_view entity, std::string_view pointer);
};

}  // namespace bordergate
