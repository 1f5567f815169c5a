// JSON as a transform: finds text wherever it stands (strings, keys, numbers, JSON inside strings), treats it, and
// leaves every other byte as it came.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "filters/body/json_path.hpp"
#include "filters/body/json_reader.hpp"
#include "filters/mask/labels.hpp"
#include "filters/transform.hpp"
#include "filters/treatment.hpp"

namespace bordergate {

class Place;

/// Values at `path` have `data`, whatever detection says; a part that cannot be inspected has `opaque`.
struct JsonSelector {
    JsonPath path;
    ClassSet data;
};

/// The paths that a document is read by. Compiled once and shared by all messages.
struct JsonPaths {
    std::vector<JsonSelector> selectors;
    std::optional<JsonPath> model;          ///< its string goes to findings.model
    std::optional<JsonPath> correlation;    ///< its JSON, if it is a string or number, goes to findings.correlation
    std::vector<JsonPath> tool_arguments;   ///< where labels are restored only if the flag says so
    std::vector<JsonPath> signed_blocks;    ///< whose strings go as they are or not at all
};

struct JsonRewriteSpec {
    const Treatment* treatment = nullptr;   ///< borrowed
    const JsonPaths* paths = nullptr;       ///< borrowed; null: none
    bool restore_in_tool_arguments = false;
    const Labels* labels = nullptr;         ///< borrowed; set where labels are to be restored
    JsonBounds bounds;
    unsigned nesting = 0;                   ///< how many strings this document stands in
    const Place* within = nullptr;          ///< borrowed; where the innermost of them stands
    std::span<const std::uint64_t> left = {};  ///< borrowed; where strings begin (behind the quote) that were treated already
};

/// What is treated, and what becomes of it:
///  * Text in strings and object keys, and numbers of eight digits or more before the point: each match by itself.
///    A string that holds a JSON object or array is treated as a document (escaped again), four levels deep;
///    selectors mean the outer document only.
///  * A signed block is not changed: what is found in it must be free to go in clear. Its seal is not decoded: it counts as
///    a signed block in findings.
///  * A value under a selector: as one, of its declared classes and of all that is found or declared in it. Of a
///    string its text is masked or sealed, of anything else its JSON as it stands; `null` is left alone.
/// Whatever is masked or sealed becomes a JSON string, save a number for which the operator gives a whole number.
/// All other bytes leave as they came, save that a string in which a label is restored is escaped anew.
///
/// Where a path has filters, each value that they choose among is held until they are decided (JsonAhead).
///
/// A string of hold_back raw bytes or more is treated in windows, which depend on the document alone; JSON in it is
/// treated as text. A declared value that long which may not go in clear is refused (body_too_large). An object that
/// repeats a key, or has more than JsonKeys::most_keys, is refused if a value of a repeated key has a class or is the
/// model. Equal values have equal labels; text equal to a masked value, but not recognised by itself, stays.
TransformPtr make_json_rewrite(JsonRewriteSpec spec);

}  // namespace bordergate
