// From what a message says of its body to the transforms that treat it. The only place that knows which
// content types can be inspected; everything else is `opaque`.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "filters/dialect/dialect.hpp"
#include "filters/mask/labels.hpp"
#include "filters/message.hpp"
#include "filters/transform.hpp"
#include "filters/treatment.hpp"

namespace bordergate {

enum class BodyKind { none, json, sse, text, opaque };

/// The kind of a body from its head: content type, content coding (only `identity` can be inspected so far),
/// charset (UTF-8 only). Anything it is not sure of is opaque.
BodyKind body_kind(const Fields& fields, bool has_body);

/// Everything a body filter is built from; borrowed for the life of the transform.
struct BodyContext {
    const Treatment* treatment = nullptr;
    std::span<const FieldRule> fields;        ///< declared by the route
    const DialectEndpoint* endpoint = nullptr;///< null: no dialect, or one that does not know this path
    const Labels* labels = nullptr;           ///< set on a response whose request issued labels
    bool restore_in_tool_arguments = false;
    const Limits* limits = nullptr;
};

/// The transform for a request or response body of `kind`. Fault opaque_refused if the kind is opaque and
/// the judgement does not let opaque go in clear. A whole-body seal (a declared class at `seal`) is a
/// transform too.
Result<TransformPtr> make_body_filter(BodyKind kind, bool response, const BodyContext& context);

}  // namespace bordergate
