// The part of the configuration's schema that is about connections and who is at their other end: TLS on both sides, the
// PROXY protocol, tokens.
#pragma once

#include "config/yaml_schema.hpp"

namespace bordergate {

Schema server_tls_schema();
Schema upstream_tls_schema();
Schema proxied_clients_schema();
Schema jwt_schema();

}  // namespace bordergate
