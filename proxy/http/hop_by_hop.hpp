// Fields that end at this hop, and the credentials that end at this proxy.
#pragma once

#include <string>
#include <string_view>

#include "filters/message.hpp"

namespace bordergate {

/// Removes connection fields (RFC 9110, 7.6.1), those `Connection` names, framing fields (each side frames
/// anew) and forwarding fields, which tell an upstream who is behind us.
void strip_hop_by_hop(Fields& fields);

/// Removes every field that can carry a client's credential.
void strip_credentials(Fields& fields);

/// True for the fields strip_credentials removes.
bool is_credential_field(std::string_view name);

}  // namespace bordergate
