// gRPC as clients mean it over HTTP/2: how it is told no, and how long a call may take. Not a destination's dialect: a
// client that speaks gRPC is answered in gRPC, whatever its call was for.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "filters/dialect/dialect.hpp"

namespace bordergate {

/// Refusals are trailers-only responses with a status and a message of gRPC's; in the middle of a stream they are its
/// trailers.
const Dialect& grpc_dialect();

/// The status code of gRPC that says `code`.
unsigned grpc_status(Code code);

/// `text` as grpc-message carries it: percent-encoded but for printable ASCII.
std::string grpc_message(std::string_view text);

/// The value of grpc-timeout: at most eight digits and a unit (H M S m u n). Nothing if it is malformed.
std::optional<std::chrono::nanoseconds> grpc_timeout(std::string_view value);

}  // namespace bordergate
