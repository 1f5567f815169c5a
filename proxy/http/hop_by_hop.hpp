// Fields that end at this hop, and the credentials that end at this proxy.
#pragma once

#include <string>
#include <string_view>

#include "filters/message.hpp"

namespace bordergate {

/// Removes connection fields (RFC 9110, 7.6.1), those `Connection` names, framing fields (each side frames
/// anew) and forwarding fields, which tell an upstream who is behind us.
void strip_hop_by_hop(Fields& fields);

/// True if a field of that name lists `token` (RFC 9110, 5.6.1), case-insensitively.
bool lists_token(const Fields& fields, std::string_view name, std::string_view token);

/// Removes from trailers what may not stand there: framing, routing, credentials, and what a recipient must know before
/// the body (RFC 9110, 6.5.1).
void strip_forbidden_trailers(Fields& trailers);

/// Removes every field that can carry a client's credential.
void strip_credentials(Fields& fields);

/// True for the fields strip_credentials removes.
bool is_credential_field(std::string_view name);

}  // namespace bordergate
