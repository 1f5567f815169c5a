// JSON as a transform: finds text wherever it stands (strings, keys, numbers, JSON inside strings), treats it, and
// leaves every other byte as it came.
#pragma once

#include <optional>
#include <vector>

#include "filters/body/json_path.hpp"
#include "filters/body/json_reader.hpp"
#include "filters/mask/labels.hpp"
#include "filters/transform.hpp"
#include "filters/treatment.hpp"

namespace bordergate {

/// Values at `path` have `data`, whatever detection says; a part that cannot be inspected has `opaque`.
struct JsonSelector {
    JsonPath path;
    ClassSet data;
};

struct JsonRewriteSpec {
    const Treatment* treatment = nullptr;  ///< borrowed
    std::vector<JsonSelector> selectors;
    std::optional<JsonPath> model;          ///< its string goes to findings.model
    std::vector<JsonPath> tool_arguments;   ///< where labels are restored only if the flag says so
    bool restore_in_tool_arguments = false;
    const Labels* labels = nullptr;         ///< borrowed; set where labels are to be restored
    JsonBounds bounds;
    unsigned nesting = 0;                   ///< how many strings this document stands in
};

/// A masked or sealed value becomes a JSON string, numbers and whole containers too. A string longer than
/// hold_back is treated in windows; a declared value that long is refused (body_too_large). An object that
/// repeats a key is refused if either value is declared or has a class. Strings that hold JSON are treated as
/// documents, four levels deep.
TransformPtr make_json_rewrite(JsonRewriteSpec spec);

}  // namespace bordergate
