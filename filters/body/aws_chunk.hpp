// The event `chunk` of Bedrock's InvokeModelWithResponseStream: the model's own JSON, as base64 in `{"bytes":"…"}`.
#pragma once

#include <string>
#include <string_view>

#include "filters/fault.hpp"

namespace bordergate {

/// What the model said. Fault upstream_invalid if `payload` is no JSON object, or its `bytes` are not base64 (RFC 4648, 4).
Result<std::string> read_aws_chunk(std::string_view payload);
/// `payload` with `said` in its place; whatever else it has (`p`, which pads it) stays. The same fault.
Result<std::string> write_aws_chunk(std::string_view payload, std::string_view said);

}  // namespace bordergate
