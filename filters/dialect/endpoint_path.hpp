// Paths of a dialect's operations, which may stand below any base path, and the model that some of them name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "filters/dialect/dialect.hpp"

namespace bordergate {

/// What stands for the `*` of `pattern` (which has one at most) if `path` ends as the pattern says; empty if it has none.
/// A `*` in the middle stands for one segment or a part of one, at the end for all that follows.
std::optional<std::string_view> match_endpoint(std::string_view pattern, std::string_view path);

/// The operation of `endpoints` that method and path name: the first that fits. Null: none.
const DialectEndpoint* find_endpoint(std::span<const DialectEndpoint> endpoints, std::string_view method, std::string_view path);

/// The model that the head names, in the path or the query; nothing if the operation has none there. Fault framing_invalid
/// if it is not certain which one counts.
Result<std::optional<std::string>> model_in_head(const DialectEndpoint& endpoint, std::string_view path, std::string_view query);

}  // namespace bordergate
