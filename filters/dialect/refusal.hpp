// What every refusal says, whatever the dialect: the sentence for the developer, and the members that programs read.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "filters/dialect/dialect.hpp"

namespace bordergate {

/// The sentence a developer reads: what happened, what to do, the rule and the attempt to quote.
std::string refusal_sentence(const Fault& fault, const RefusalContext& context);

/// Adds `code`, and `rule` and `attempt` where they are known.
void tell(boost::json::object& object, const Fault& fault, const RefusalContext& context);

}  // namespace bordergate
