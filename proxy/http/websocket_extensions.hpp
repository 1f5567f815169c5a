// The negotiation of permessage-deflate (RFC 7692, 7.1), the one extension of WebSocket that is known here: header
// values in, agreed terms out. Knows no connection; what is not understood is declined or a fault, never guessed.
#pragma once

#include <optional>
#include <string>

#include "filters/fault.hpp"
#include "filters/message.hpp"

namespace bordergate {

/// What two ends agreed on. "Server" and "client" are the ends of that one connection.
struct DeflateTerms {
    bool server_no_context_takeover = false;
    bool client_no_context_takeover = false;
    unsigned server_max_window_bits = 15;  ///< 8 to 15: the server's compressor uses no larger window
    unsigned client_max_window_bits = 15;
    friend bool operator==(const DeflateTerms&, const DeflateTerms&) = default;
};

/// What a server answers to the offers in `fields` (Sec-WebSocket-Extensions): the first offer of permessage-deflate
/// whose parameters are all known and valid. Nothing if there is none: the connection then goes without.
std::optional<DeflateTerms> accept_deflate(const Fields& fields);

/// The server's answer that states `terms`. A parameter that is at its default is left out.
std::string render_agreement(const DeflateTerms& terms);

/// The offer that a client makes: any terms.
std::string deflate_offer();

/// What the server's answer in `fields` says, after deflate_offer() (`offered`) or after no offer. Nothing: it goes
/// without. Fault upstream_invalid for an extension that was not offered, twice the same, or parameters that are unknown,
/// repeated or out of range.
Result<std::optional<DeflateTerms>> read_agreement(const Fields& fields, bool offered);

}  // namespace bordergate
