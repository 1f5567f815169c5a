// The compression of single gRPC messages (the protocol's Message-Encoding), as far as it can be undone.
#pragma once

#include <string>
#include <string_view>

#include "filters/fault.hpp"

namespace bordergate {

enum class GrpcCoding { identity, gzip, deflate, unknown };

/// Of the value of `grpc-encoding`; empty: identity.
GrpcCoding grpc_coding(std::string_view name);

/// Appends what `bytes` (gzip or zlib: one stream, and nothing after it) stand for. Fault body_invalid if they stand for
/// nothing, body_too_large if it is longer than `most`.
Status inflate_message(GrpcCoding coding, std::string_view bytes, std::size_t most, std::string& out);

}  // namespace bordergate
