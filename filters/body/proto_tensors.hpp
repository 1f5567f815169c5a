// KServe v2 tensors: which of them hold text, and how raw ones stand on the wire.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "filters/body/proto_schema.hpp"

namespace bordergate {

/// Field numbers of the protocol.
namespace kserve {
inline constexpr std::uint32_t model_name = 1, datatype = 2, tensors = 5, contents = 5, raw_input = 7, raw_output = 6, bytes_contents = 8;
}

/// Whether a tensor (the bytes of its message) has the datatype BYTES, whose elements are strings. Not if it is in doubt.
bool is_text_tensor(std::string_view tensor);

/// For each raw content of an infer request or response whether it is of a text tensor. None is unless there is
/// one for every tensor: tensors in shared memory have none, and which have is not certain then.
std::vector<bool> text_raw_contents(std::string_view message, std::uint32_t raw_field);

/// The elements of a raw BYTES tensor, each after its length (four bytes, little-endian). Nothing if it is malformed.
std::optional<std::vector<std::string_view>> raw_elements(std::string_view raw);
void append_raw_element(std::string_view element, std::string& raw);

}  // namespace bordergate
