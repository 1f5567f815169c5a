// Where a value stands, as a record may show it: a JSON Pointer (RFC 6901) without payload.
#pragma once

#include <span>
#include <string>

#include "filters/body/json_path.hpp"

namespace bordergate {

/// Appends `/name/3`. A name that could be a value itself (an address, a number, a sentence) is shown as `*`.
void append_pointer(std::span<const JsonStep> steps, std::string& out);

/// The innermost name on the way; empty if there is none.
std::string_view nearest_key(std::span<const JsonStep> steps);

}  // namespace bordergate
