// Tables (text/csv, RFC 4180; text/tab-separated-values) as a transform: each field is treated under the name of its column;
// what is replaced is quoted again, every other byte leaves as it came.
#pragma once

#include "filters/body/named_values.hpp"
#include "filters/transform.hpp"

namespace bordergate {

/// `header`: the first row names the columns. Without one `$['1']` is the first. A comma separates, or where the first row has
/// none a semicolon, a tab or a bar, as many programs write it. The first row, and of the others one field, is held, of at most
/// spec.bounds.hold_back bytes (body_too_large).
/// A column that is declared and not there is absent, as a path of JSON is; what is refused (body_invalid) is a table of which
/// readers would not agree on the columns: a first row with two of these separators, one that names nothing or is a `sep=`; a
/// carriage return outside quotes that no line feed follows; a quote in the middle of a field, text behind a quoted one, a
/// quoted one that does not end; what is not UTF-8, or has a NUL. Fault body_invalid at once where there is no header, and spec.paths names
/// columns otherwise than by number.
Result<TransformPtr> make_csv(const NamedValuesSpec& spec, bool tabs, bool header);

}  // namespace bordergate
