// One protobuf message: every field judged, what may not go in clear replaced, every other byte as it came.
#pragma once

#include "filters/body/json_reader.hpp"
#include "filters/body/proto_fields.hpp"
#include "filters/body/proto_schema.hpp"
#include "filters/mask/labels.hpp"
#include "filters/treatment.hpp"

namespace bordergate {

/// Borrowed for the call.
struct ProtoRewriteSpec {
    const Treatment* treatment = nullptr;
    const ProtoSchema* schema = nullptr;    ///< for what an Any holds
    const ProtoMessage* type = nullptr;
    const ProtoFields* fields = nullptr;    ///< declared; null: none
    const Labels* labels = nullptr;         ///< set where labels are to be restored
    JsonBounds bounds;                      ///< of JSON in strings
};

/// What is treated, and what becomes of it:
///  * Strings (map keys too) as text_value.hpp has it. One that is not UTF-8 is body_invalid where its readers demand
///    UTF-8 (proto3), and bytes elsewhere.
///  * Bytes are `opaque`, unless their field has declared classes: then they are of those, and of what is found in them
///    if they are text. KServe's BYTES tensors are strings, its other tensors `opaque`.
///  * Numbers of eight digits or more are looked at as JSON's are. One that may not go in clear becomes 0 where the
///    operator is `redact`; there is no place for anything else (place_cannot_carry). One that is wider than its field
///    is body_invalid: readers would cut it to another.
///  * Fields that the schema does not know, and a message in an Any of an unknown type, are `opaque`.
///  * What is declared for a field holds for all in it.
///  * A KServe request names its model in the findings; a body that names two is body_invalid.
/// Lengths of what stands around a replacement are computed anew. A field that stands twice is judged twice;
/// one that does not repeat and holds an Any is body_invalid then, since readers pair what stands in the two.
///
/// True if `out`, to which the whole message is appended then, shall stand in its place. Fault body_invalid for what is
/// not protobuf, or nested deeper than deepest_message.
Result<bool> rewrite_proto(std::string_view message, const ProtoRewriteSpec& spec, std::string& out);

}  // namespace bordergate
