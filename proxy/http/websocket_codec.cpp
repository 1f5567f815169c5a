#include "proxy/http/websocket_codec.hpp"

#include <openssl/rand.h>
#include <wslay/wslay.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "config/utf8.hpp"
#include "proxy/http/websocket_deflate.hpp"

namespace bordergate {

namespace {

/// Below this compressing costs more than it saves.
constexpr std::size_t worth_compressing = 128;
/// How much longer than the message its compressed form may honestly be.
constexpr std::size_t compressed_slack = 1024;

std::string_view view(const std::uint8_t* data, std::size_t size) { return {reinterpret_cast<const char*>(data), size}; }

/// `text` shortened to at most `most` bytes, at a character.
std::string_view shortened(std::string_view text, std::size_t most) {
    text = text.substr(0, most);
    return text.substr(0, text.size() - incomplete_utf8_tail(text));
}

}  // namespace

bool system_randomness(std::span<std::uint8_t> bytes) { return RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1; }

bool is_close_code(std::uint16_t code) {
    if (code >= 3000 && code <= 4999) return true;
    return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

/// wslay splits frames and unmasks; which frames may follow which is decided here, so that no control frame is answered
/// behind the session's back.
struct WebSocketCodec::State {
    explicit State(const Settings& settings_) : settings(settings_) {
        const wslay_frame_callbacks callbacks{send_bytes, receive_bytes, make_mask};
        if (wslay_frame_context_init(&frames, &callbacks, this) != 0) throw std::bad_alloc();
        if (!settings.deflate) return;
        const auto& terms = *settings.deflate;
        const bool client = settings.role == WebSocketRole::client;
        const unsigned ours = client ? terms.client_max_window_bits : terms.server_max_window_bits;
        inflater = std::make_unique<MessageInflater>(!(client ? terms.server_no_context_takeover : terms.client_no_context_takeover));
        // zlib cannot compress within 256 bytes; a message may always go uncompressed (RFC 7692, 6).
        if (ours > 8) deflater = std::make_unique<MessageDeflater>(ours, !(client ? terms.client_no_context_takeover : terms.server_no_context_takeover));
    }
    ~State() { wslay_frame_context_free(frames); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    static ssize_t receive_bytes(std::uint8_t* buffer, std::size_t size, int, void* self) {
        auto& in = static_cast<State*>(self)->in;
        if (in.empty()) return -1;
        const auto taken = std::min(size, in.size());
        std::memcpy(buffer, in.data(), taken);
        in.remove_prefix(taken);
        return static_cast<ssize_t>(taken);
    }
    static ssize_t send_bytes(const std::uint8_t* data, std::size_t size, int, void* self) {
        static_cast<State*>(self)->out->append(view(data, size));
        return static_cast<ssize_t>(size);
    }
    static int make_mask(std::uint8_t* buffer, std::size_t size, void* self) {
        return static_cast<State*>(self)->settings.randomness({buffer, size}) ? 0 : -1;
    }

    bool of_client() const { return settings.role == WebSocketRole::server; }
    Fault violation(std::string why, CloseCode code = CloseCode::protocol_error) {
        close_with = code;
        Code named = of_client() ? Code::framing_invalid : Code::upstream_invalid;
        if (code == CloseCode::invalid_payload) named = of_client() ? Code::body_invalid : Code::upstream_invalid;
        if (code == CloseCode::too_big) named = of_client() ? Code::body_too_large : Code::upstream_too_large;
        return fault(named, std::move(why));
    }

    Status begin(const wslay_frame_iocb& frame);
    Status add(std::string_view piece);
    Status add_text(std::string& data);
    Result<bool> end(WebSocketEvent& event);
    Result<bool> end_message(WebSocketEvent& event);
    Result<bool> end_control(WebSocketEvent& event);
    Status send(std::uint8_t opcode, std::uint8_t rsv, std::string_view payload, std::string& to);

    Settings settings;
    wslay_frame_context_ptr frames = nullptr;
    std::unique_ptr<MessageInflater> inflater;
    std::unique_ptr<MessageDeflater> deflater;
    std::string_view in;         ///< of the call under way
    std::string* out = nullptr;  ///< of the call under way
    CloseCode close_with = CloseCode::protocol_error;
    // The frame that is being read.
    bool in_frame = false, fin = false;
    std::uint8_t opcode = 0;
    std::uint64_t frame_left = 0;
    std::string control;
    // The message that is being read.
    bool in_message = false, text = false, compressed = false;
    std::string message;
    std::size_t checked = 0;      ///< bytes of it known to be UTF-8
    std::uint64_t arrived = 0;    ///< bytes of its frames
};

/// A frame begins: may it stand here?
Status WebSocketCodec::State::begin(const wslay_frame_iocb& frame) {
    if ((frame.mask != 0) != of_client()) return violation(of_client() ? "a WebSocket frame of the client is not masked" : "a WebSocket frame of the upstream is masked");
    opcode = frame.opcode;
    fin = frame.fin != 0;
    frame_left = frame.payload_length;
    in_frame = true;
    const bool data = opcode == WSLAY_TEXT_FRAME || opcode == WSLAY_BINARY_FRAME;
    const bool may_compress = data && inflater;
    if (frame.rsv != 0 && !(may_compress && frame.rsv == WSLAY_RSV1_BIT)) return violation("a WebSocket frame has a reserved bit that was not agreed on");
    if (wslay_is_ctrl_frame(opcode)) {
        if (opcode > WSLAY_PONG) return violation("a WebSocket frame has a reserved opcode");
        control.clear();
        return {};
    }
    if (opcode > WSLAY_BINARY_FRAME) return violation("a WebSocket frame has a reserved opcode");
    if (data == in_message) return violation(data ? "a WebSocket message begins inside another" : "a WebSocket continuation continues nothing");
    if (data) {
        in_message = true;
        text = opcode == WSLAY_TEXT_FRAME;
        compressed = frame.rsv != 0;
        message.clear();
        checked = 0;
        arrived = 0;
    }
    const std::uint64_t most = settings.message_bytes + (compressed ? compressed_slack + settings.message_bytes / 8 : 0);
    if (frame_left > most - std::min<std::uint64_t>(arrived, most)) return violation("a WebSocket message is longer than " + std::to_string(settings.message_bytes) + " bytes", CloseCode::too_big);
    arrived += frame_left;
    return {};
}

Status WebSocketCodec::State::add(std::string_view piece) {
    frame_left -= piece.size();
    if (wslay_is_ctrl_frame(opcode)) {
        control.append(piece);
        return {};
    }
    if (!compressed) {
        message.append(piece);
    } else {
        const auto outcome = inflater->feed(piece, settings.message_bytes, message);
        if (outcome == MessageInflater::Outcome::too_long) return violation("a WebSocket message is longer than " + std::to_string(settings.message_bytes) + " bytes", CloseCode::too_big);
        if (outcome == MessageInflater::Outcome::damaged) return violation("a compressed WebSocket message cannot be read", CloseCode::invalid_payload);
    }
    return text ? add_text(message) : Status{};
}

/// Checks what is new of a text as far as its characters are whole.
Status WebSocketCodec::State::add_text(std::string& data) {
    const auto fresh = std::string_view(data).substr(checked);
    const auto whole = fresh.substr(0, fresh.size() - incomplete_utf8_tail(fresh));
    if (find_invalid_utf8(whole) != std::string_view::npos) return violation("a WebSocket text is not UTF-8", CloseCode::invalid_payload);
    checked += whole.size();
    return {};
}

Result<bool> WebSocketCodec::State::end(WebSocketEvent& event) {
    in_frame = false;
    if (wslay_is_ctrl_frame(opcode)) return end_control(event);
    return fin ? end_message(event) : Result<bool>(false);
}

Result<bool> WebSocketCodec::State::end_message(WebSocketEvent& event) {
    in_message = false;
    if (compressed) {
        const auto outcome = inflater->finish(settings.message_bytes, message);
        if (outcome == MessageInflater::Outcome::too_long) return violation("a WebSocket message is longer than " + std::to_string(settings.message_bytes) + " bytes", CloseCode::too_big);
        if (outcome == MessageInflater::Outcome::damaged) return violation("a compressed WebSocket message cannot be read", CloseCode::invalid_payload);
        if (const Status checked_all = text ? add_text(message) : Status{}; checked_all.has_error()) return checked_all.error();
    }
    if (text && checked != message.size()) return violation("a WebSocket text ends in the middle of a character", CloseCode::invalid_payload);
    event.kind = text ? WebSocketEvent::Kind::text : WebSocketEvent::Kind::binary;
    event.data = std::move(message);
    message = {};
    return true;
}

Result<bool> WebSocketCodec::State::end_control(WebSocketEvent& event) {
    using Kind = WebSocketEvent::Kind;
    event.kind = opcode == WSLAY_PING ? Kind::ping : opcode == WSLAY_PONG ? Kind::pong : Kind::close;
    event.data = control;
    if (event.kind != Kind::close) return true;
    event.code = static_cast<std::uint16_t>(CloseCode::none);
    if (control.empty()) return true;
    if (control.size() == 1) return violation("a WebSocket close frame holds half a code");
    event.code = static_cast<std::uint16_t>(static_cast<unsigned char>(control[0]) << 8 | static_cast<unsigned char>(control[1]));
    event.data.erase(0, 2);
    if (!is_close_code(event.code)) return violation("a WebSocket close frame has a code that it may not have");
    if (find_invalid_utf8(event.data) != std::string_view::npos) return violation("the reason of a WebSocket close is not UTF-8", CloseCode::invalid_payload);
    return true;
}

Status WebSocketCodec::State::send(std::uint8_t kind, std::uint8_t rsv, std::string_view payload, std::string& to) {
    const auto before = to.size();
    out = &to;
    wslay_frame_iocb frame{};
    frame.fin = 1;
    frame.rsv = rsv;
    frame.opcode = kind;
    frame.mask = of_client() ? 0 : 1;
    frame.payload_length = payload.size();
    for (std::size_t sent = 0;;) {
        frame.data = reinterpret_cast<const std::uint8_t*>(payload.data()) + sent;
        frame.data_length = payload.size() - sent;
        const auto done = wslay_frame_send(frames, &frame);
        if (done < 0) {
            to.resize(before);
            return fault(Code::internal, "a WebSocket frame could not be made");
        }
        sent += static_cast<std::size_t>(done);
        if (sent == payload.size()) return {};
    }
}

WebSocketCodec::WebSocketCodec(const Settings& settings) : state_(std::make_unique<State>(settings)) {}
WebSocketCodec::~WebSocketCodec() = default;

Result<bool> WebSocketCodec::next(std::string_view& in, WebSocketEvent& event) {
    State& state = *state_;
    state.in = in;
    for (;;) {
        wslay_frame_iocb frame{};
        const auto got = wslay_frame_recv(state.frames, &frame);
        if (got == WSLAY_ERR_WANT_READ) {
            in = state.in;
            return false;
        }
        if (got < 0) return state.violation("a WebSocket frame is malformed");
        Status done;
        if (!state.in_frame) done = state.begin(frame);
        if (done.has_value()) done = state.add(view(frame.data, frame.data_length));
        if (done.has_error()) return done.error();
        if (state.frame_left > 0) continue;
        const auto whole = state.end(event);
        if (whole.has_error() || *whole) {
            in = state.in;
            return whole;
        }
    }
}

CloseCode WebSocketCodec::close_code() const { return state_->close_with; }
bool WebSocketCodec::mid_message() const { return state_->in_message || state_->in_frame; }

Status WebSocketCodec::message(bool text, std::string_view data, std::string& out) {
    const std::uint8_t opcode = text ? WSLAY_TEXT_FRAME : WSLAY_BINARY_FRAME;
    if (!state_->deflater || data.size() < worth_compressing) return state_->send(opcode, WSLAY_RSV_NONE, data, out);
    std::string compressed;
    if (!state_->deflater->deflate_message(data, compressed)) return fault(Code::internal, "a WebSocket message could not be compressed");
    return state_->send(opcode, WSLAY_RSV1_BIT, compressed, out);
}

Status WebSocketCodec::ping(std::string_view payload, std::string& out) { return state_->send(WSLAY_PING, WSLAY_RSV_NONE, payload, out); }
Status WebSocketCodec::pong(std::string_view payload, std::string& out) { return state_->send(WSLAY_PONG, WSLAY_RSV_NONE, payload, out); }

Status WebSocketCodec::close(std::uint16_t code, std::string_view reason, std::string& out) {
    std::string payload;
    if (code != static_cast<std::uint16_t>(CloseCode::none)) {
        payload += static_cast<char>(code >> 8);
        payload += static_cast<char>(code & 0xff);
        payload.append(shortened(reason, longest_reason));
    }
    return state_->send(WSLAY_CONNECTION_CLOSE, WSLAY_RSV_NONE, payload, out);
}

}  // namespace bordergate
