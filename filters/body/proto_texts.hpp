// The texts of a protobuf message that may be pieces of longer ones, of which a stream of messages brings one piece each.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "filters/body/proto_schema.hpp"

namespace bordergate {

/// What is the same for texts of two messages if one can go on in the other: a keyed hash (sip_hash.hpp) of the path of
/// fields, with their positions, or the `index` that the message around them gives.
using ProtoThread = std::uint64_t;

/// Called for each text, in the order in which they stand. What it returns, if not null, is put in the text's place.
using ProtoTextVisit = std::function<const std::string*(ProtoThread thread, std::string_view text)>;

/// The longest id that tells texts apart; those of a response with a longer one are nobody's pieces.
inline constexpr std::size_t longest_text_id = 256;

/// Visits the strings of `message`, and the elements of KServe's BYTES tensors, told apart by the id of their response.
/// Left out are keys and values of maps, what an Any holds, and what is no UTF-8: they are nobody's pieces. True if `out`,
/// to which the whole message is appended then, shall stand in its place. A message that is not well-formed is visited up
/// to where it is not, and never changed.
bool visit_proto_texts(std::string_view message, const ProtoMessage& type, const ProtoTextVisit& visit, std::string& out);

}  // namespace bordergate
