// Bodies as another reader reads them, and texts as somebody reads them who looks for what is hidden: by code that shares
// nothing with the product's.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/unit/filters/crossed_body.hpp"

namespace bordergate::testing {

/// A text and the name that it stands under; empty: none.
using NamedText = std::pair<std::string, std::string>;

/// Every text in a body that is not coded: values, names and numbers, parameters of the heads of parts. None: it is no such body.
std::vector<NamedText> texts_in(const BodyForm& form, std::string_view body);

/// What a text may stand for: itself, JSON's and percent's escapes in it resolved, the texts of JSON in it, and what is base64
/// or hex in it, up to three inside each other.
std::vector<std::string> readings(std::string_view text);

std::string base64(std::string_view text, bool url = false);
/// Of either alphabet; what is of none is passed over.
std::string unbase64(std::string_view run);
/// The text of a quoted string, without the backslashes that protect something.
std::string unquoted(std::string_view text);
std::string hex(std::string_view text);
/// Every byte, or only what must be.
std::string percent(std::string_view text, bool all = true);
/// As JSON has it between quotes; `all`: every ASCII character as its number.
std::string json_escaped(std::string_view text, bool all = false);

}  // namespace bordergate::testing
