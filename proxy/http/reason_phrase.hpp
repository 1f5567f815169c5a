// What a status line says beside its number: words for people, which clients do not read (RFC 9112, 4).
#pragma once

#include <string_view>

namespace bordergate {

/// The phrase of a final status as the registry of IANA has it (RFC 9110, 15 and 16.2.1); empty for one that is not registered. An
/// upstream's own words are a text that nobody judges, so these go to the client in their place.
std::string_view reason_phrase(unsigned status);

}  // namespace bordergate
