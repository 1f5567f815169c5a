// A JSON transform whose paths have filters: the document is read ahead of it, and reaches it with their answers.
#pragma once

#include <memory>
#include <span>

#include "filters/body/json_ahead.hpp"
#include "filters/body/json_rewrite.hpp"

namespace bordergate {

/// Reads ahead for those of the paths that have filters; null: none has. All are borrowed, `paths` may be null.
std::unique_ptr<JsonAhead> read_ahead(const JsonPaths* paths, std::span<const JsonPath> subjects, std::span<const JsonPath* const> choices, JsonBounds bounds);

/// `ahead` before `inner`, which asks the answers of `ahead`.
TransformPtr make_json_filtered(std::unique_ptr<JsonAhead> ahead, TransformPtr inner);

}  // namespace bordergate
