// The head is data too: target, query and header fields are scanned and judged like any other text (law 4
// of the design's section 3), and fields that nobody knows are dropped at the border.
#pragma once

#include <string>
#include <vector>

#include "filters/fault.hpp"
#include "filters/message.hpp"
#include "filters/treatment.hpp"

namespace bordergate {

/// What filtering a head did, for the record.
struct HeadReport {
    std::vector<std::string> dropped;  ///< names of unknown fields dropped, at most 32
};

/// Classifies path, query and fields into `treatment.findings` without changing anything. `leaves_standing`: wherever it
/// goes, fields that nobody knows are dropped, so what cannot be inspected in them does not count.
void observe_head(const RequestHead& head, const Treatment& treatment, bool leaves_standing);

/// Masks in place what may only go masked; sealed values go where they fit (query and fields). Drops unknown
/// fields if `leaves_standing`. Fault place_cannot_carry where the form required has no place (a path
/// segment that must be sealed), limited or no_permit where a class is refused.
/// Expects hop-by-hop fields and the client's credential to be gone already.
Status filter_head(RequestHead& head, const Treatment& treatment, bool leaves_standing, HeadReport& report);
Status filter_head(ResponseHead& head, const Treatment& treatment, bool leaves_standing, HeadReport& report);

/// The same for trailer fields, which come when the body was treated already.
Status filter_trailers(Fields& trailers, const Treatment& treatment, bool leaves_standing, HeadReport& report);

/// True for field names that may cross a border (RFC 9110 and the AI protocols' own).
bool known_field(std::string_view name);

}  // namespace bordergate
