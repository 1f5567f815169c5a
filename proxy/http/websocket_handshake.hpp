// The opening handshake of WebSocket without I/O: over HTTP/1.1 (RFC 6455, 4) and over an HTTP/2 stream (RFC 8441), which
// has neither key nor accept. Sec-WebSocket fields end at this hop; only the subprotocols are the two ends' own.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "filters/fault.hpp"
#include "filters/message.hpp"
#include "proxy/http/websocket_codec.hpp"

namespace bordergate {

/// What a client asked for.
struct WebSocketRequest {
    std::string key;                      ///< empty over HTTP/2
    std::vector<std::string> protocols;   ///< subprotocols offered, in order
    std::optional<DeflateTerms> deflate;  ///< what will be agreed on with it; nothing: no compression
};

/// Takes the handshake out of a request's head: reads its Sec-WebSocket fields and removes them. `keyed`: over HTTP/1.1.
/// Fault framing_invalid for another version than 13, a key that is not 16 bytes of base64, repeated fields, or
/// subprotocols that are no tokens or named twice.
Result<WebSocketRequest> take_websocket_request(Fields& fields, bool keyed);

/// Sec-WebSocket-Accept for a key.
std::string websocket_accept(std::string_view key);
/// A fresh key for our own request; fault internal without randomness.
Result<std::string> websocket_key(Randomness randomness);

/// Adds to a request to an upstream what it must say. `protocols` may be empty; `deflate`: offer compression.
void add_websocket_request(Fields& fields, std::string_view key, const std::vector<std::string>& protocols, bool deflate);

/// What an upstream agreed to.
struct WebSocketAnswer {
    std::string protocol;                 ///< empty: none chosen
    std::optional<DeflateTerms> deflate;
};

/// Takes the handshake out of an upstream's answer that changed the protocol, and removes its Sec-WebSocket fields.
/// `key`: ours; empty over HTTP/2, where none is answered. Fault upstream_invalid if it does not prove that it understood:
/// wrong accept, a subprotocol that was not offered, an extension that was not offered.
Result<WebSocketAnswer> take_websocket_answer(Fields& fields, std::string_view key, const std::vector<std::string>& protocols, bool deflate);

/// Adds to the answer to the client what it must say.
void add_websocket_answer(Fields& fields, const WebSocketRequest& request, std::string_view protocol);

}  // namespace bordergate
