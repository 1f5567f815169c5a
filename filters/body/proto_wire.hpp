// The protobuf wire format: tags, varints, and where each field of a message ends. Views only, nothing is copied.
// Strict where readers differ: what one of them could read otherwise than we do is no message.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bordergate {

enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, group = 3, end_group = 4, fixed32 = 5 };

/// The deepest nesting of messages and groups; what libprotobuf and its like refuse to read beyond.
inline constexpr std::size_t deepest_message = 100;

/// One field of a message as it stands on the wire. Views borrow from the message.
struct WireField {
    std::uint32_t number = 0;
    WireType type = WireType::varint;
    std::string_view whole;    ///< tag and value, and a group's end tag
    std::string_view tag;
    std::string_view value;    ///< of `bytes` and groups: what stands inside
    std::string_view end_tag;  ///< of a group
    std::uint64_t scalar = 0;  ///< of varint, fixed64 and fixed32
};

/// Takes a varint (at most ten bytes, at most 64 bits) off the front of `bytes`.
std::optional<std::uint64_t> take_varint(std::string_view& bytes);
/// Takes a little-endian number of `size` (4 or 8) bytes off the front of `bytes`.
std::optional<std::uint64_t> take_fixed(std::string_view& bytes, std::size_t size);
void append_varint(std::uint64_t value, std::string& out);
void append_fixed(std::uint64_t value, std::size_t size, std::string& out);

/// Takes the next field off the front of `message` (not empty). Nothing if it is malformed: a field number of 0 or
/// beyond 2^29, a wire type that does not exist, a length beyond the end, a group that is not closed or nested deeper
/// than `depth`.
std::optional<WireField> take_field(std::string_view& message, std::size_t depth = deepest_message);

}  // namespace bordergate
