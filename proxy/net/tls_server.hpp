// A listener's contexts: one for each certificate, all alike but for it; the first is the listener's and hands a
// connection over to the one whose host the client names (RFC 6066, 3).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "filters/fault.hpp"

struct ssl_ctx_st;

namespace bordergate {

/// Makes them. `prepare` is called for each and sets what is not this file's: protocol bounds and ALPN. `keys` are
/// the private keys by certificate, in PEM; the caller erases them. `listener` names who may resume its sessions,
/// together with the client CAs as they are now: with others, clients prove themselves anew. The caller owns the
/// context, and with it the others. Faults (internal) with the file at fault.
Result<ssl_ctx_st*> make_server_contexts(const ServerTls& settings, const std::vector<std::string>& keys,
                                         std::string_view listener, const std::function<void(ssl_ctx_st*)>& prepare);

}  // namespace bordergate
