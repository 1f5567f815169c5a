// Fields of gRPC requests whose classes are declared: `/clinic.v1.Records/Put:patient.name`, resolved against the
// schema when the configuration is read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/class_tree.hpp"
#include "filters/body/proto_schema.hpp"

namespace bordergate {

/// A tree over field numbers. What is declared for a field binds all that stands in it.
struct ProtoFields {
    std::uint32_t number = 0;
    ClassSet data;
    std::vector<ProtoFields> below;

    /// Null if nothing is declared for that field, or in it.
    const ProtoFields* at(std::uint32_t field) const;
};

/// The parts of a declared path: `/SERVICE/METHOD:FIELDS`.
struct ProtoPath {
    std::string_view service, method;  ///< method `*`: every one whose request has the field
    std::string_view fields;           ///< names joined by dots; `[]` may follow one that is repeated, `*` is a map's values
};
std::optional<ProtoPath> parse_proto_path(std::string_view path);

/// What is wrong with a declared path, and what may be meant.
struct ProtoMistake {
    std::string what, suggestion;
};

/// Adds `data` to `tree` at `fields` of a message of `type`, or says why there is no such place.
std::optional<ProtoMistake> declare_field(const ProtoMessage& type, std::string_view fields, ClassSet data, ProtoFields& tree);

}  // namespace bordergate
