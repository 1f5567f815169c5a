// One WebSocket connection without I/O (RFC 6455): bytes in, whole messages and control frames out, and the other way.
// It speaks to one peer and enforces what that peer must keep: masking, frame order, reserved bits, control frames, UTF-8,
// close codes, the bound of a message. Anything else is a fault, with the code to close the connection with; after a fault
// the codec is not fed again. What comes out does not depend on how the input was split.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "filters/fault.hpp"
#include "proxy/http/websocket_extensions.hpp"

namespace bordergate {

/// Which end of the connection we are. A client masks what it sends; a server must not.
enum class WebSocketRole : std::uint8_t { client, server };

/// Close codes that are used here (RFC 6455, 7.4.1).
enum class CloseCode : std::uint16_t {
    normal = 1000,
    going_away = 1001,
    protocol_error = 1002,
    none = 1005,  ///< never on the wire: the close frame had no code
    invalid_payload = 1007,
    policy_violation = 1008,
    too_big = 1009,
    internal_error = 1011,
};

struct WebSocketEvent {
    enum class Kind : std::uint8_t { text, binary, ping, pong, close };
    Kind kind = Kind::text;
    std::string data;         ///< a message (text is UTF-8), a control frame's payload, or the reason of a close
    std::uint16_t code = 0;   ///< of a close; 1005 if it gave none
};

/// Fills bytes with randomness; false if there is none. Injected for tests.
using Randomness = bool (*)(std::span<std::uint8_t> bytes);
/// The system's, by OpenSSL.
bool system_randomness(std::span<std::uint8_t> bytes);

/// The longest reason that fits beside the code into a close frame, in bytes.
inline constexpr std::size_t longest_reason = 123;

class WebSocketCodec {
  public:
    struct Settings {
        WebSocketRole role = WebSocketRole::server;
        std::size_t message_bytes = 0;       ///< a longer message is a fault (1009)
        std::optional<DeflateTerms> deflate; ///< as agreed; nothing: no compression
        Randomness randomness = system_randomness;
    };
    explicit WebSocketCodec(const Settings& settings);
    ~WebSocketCodec();
    WebSocketCodec(const WebSocketCodec&) = delete;
    WebSocketCodec& operator=(const WebSocketCodec&) = delete;

    /// Consumes bytes from the front of `in` until an event is whole: true. False: all of `in` was consumed and more is
    /// needed. Faults as HTTP names them for the side of the peer (framing_invalid, body_invalid, body_too_large or
    /// upstream_invalid, upstream_too_large); close_code() then says how to close.
    Result<bool> next(std::string_view& in, WebSocketEvent& event);
    /// Of the last fault of next().
    CloseCode close_code() const;
    /// Whether a message was begun and its end has not come.
    bool mid_message() const;

    /// Appends the frames of a message to `out`. Fault internal if randomness or zlib failed; nothing was appended then.
    Status message(bool text, std::string_view data, std::string& out);
    /// `payload`: at most 125 bytes.
    Status ping(std::string_view payload, std::string& out);
    Status pong(std::string_view payload, std::string& out);
    /// A close frame; CloseCode::none gives neither code nor reason. A reason longer than longest_reason is shortened at
    /// a character.
    Status close(std::uint16_t code, std::string_view reason, std::string& out);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// True for a code that a close frame may carry (RFC 6455, 7.4; those that IANA has registered since, 1012 to 1014).
bool is_close_code(std::uint16_t code);

}  // namespace bordergate
