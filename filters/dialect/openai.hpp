// The OpenAI chat dialect: tables, and how it says no.
#pragma once

#include "filters/dialect/dialect.hpp"

namespace bordergate {

const Dialect& openai_dialect();
/// application/problem+json (RFC 9457), for what speaks no AI protocol.
const Dialect& problem_dialect();

/// The sentence a developer reads: what happened, what to do, the rule and the attempt to quote.
std::string refusal_sentence(const Fault& fault, const RefusalContext& context);

}  // namespace bordergate
