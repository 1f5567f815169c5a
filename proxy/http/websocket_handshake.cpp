#include "proxy/http/websocket_handshake.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "filters/ascii.hpp"
#include "proxy/http/framing_gate.hpp"

namespace bordergate {

namespace {

constexpr std::string_view key_field = "sec-websocket-key", accept_field = "sec-websocket-accept", version_field = "sec-websocket-version",
                           protocol_field = "sec-websocket-protocol", extensions_field = "sec-websocket-extensions";
constexpr std::string_view version = "13";
constexpr std::string_view accept_guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::size_t key_bytes = 16, encoded_key = 24;
/// A browser offers a handful.
constexpr std::size_t most_protocols = 32;

std::string base64(std::span<const std::uint8_t> bytes) {
    std::string text((bytes.size() + 2) / 3 * 4, '\0');
    // OpenSSL writes a terminator too, where std::string has one anyway.
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(), static_cast<int>(bytes.size()));
    return text;
}

bool is_key(std::string_view text) {
    const auto digit = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/'; };
    return text.size() == encoded_key && text.ends_with("==") && std::all_of(text.begin(), text.end() - 2, digit);
}

void erase_fields(Fields& fields) {
    fields.retain([](const Fields::Line& line) {
        constexpr std::string_view family = "sec-websocket-";
        return !(line.name.size() > family.size() && equal_fold(line.name.substr(0, family.size()), family));
    });
}

/// The tokens of a list over all its lines; false if one is no token or named twice.
bool read_protocols(const Fields& fields, std::vector<std::string>& out) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (!equal_fold(fields[i].name, protocol_field)) continue;
        std::string_view rest = fields[i].value;
        while (!rest.empty()) {
            const auto comma = std::min(rest.find(','), rest.size());
            const auto one = trimmed(rest.substr(0, comma));
            rest.remove_prefix(std::min(comma + 1, rest.size()));
            if (one.empty()) continue;
            if (!is_token(one) || out.size() == most_protocols || std::find(out.begin(), out.end(), one) != out.end()) return false;
            out.emplace_back(one);
        }
    }
    return true;
}

}  // namespace

Result<WebSocketRequest> take_websocket_request(Fields& fields, bool keyed) {
    WebSocketRequest made;
    if (fields.count(version_field) != 1 || fields.get(version_field) != version)
        return fault(Code::framing_invalid, "a WebSocket request must be of version 13");
    if (keyed) {
        if (fields.count(key_field) != 1 || !is_key(*fields.get(key_field)))
            return fault(Code::framing_invalid, "Sec-WebSocket-Key must be 16 bytes of base64, once");
        made.key = *fields.get(key_field);
    }
    if (!read_protocols(fields, made.protocols)) return fault(Code::framing_invalid, "Sec-WebSocket-Protocol must list tokens, each once");
    made.deflate = accept_deflate(fields);
    erase_fields(fields);
    return made;
}

std::string websocket_accept(std::string_view key) {
    const std::string text = std::string(key).append(accept_guid);
    std::array<std::uint8_t, 20> digest{};
    unsigned size = 0;
    // SHA-1 is what the RFC wants; it proves understanding, not identity.
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1) return {};
    return base64(digest);
}

Result<std::string> websocket_key(Randomness randomness) {
    std::array<std::uint8_t, key_bytes> bytes{};
    if (!randomness(bytes)) return fault(Code::internal, "there is no randomness for a WebSocket key");
    return base64(bytes);
}

void add_websocket_request(Fields& fields, std::string_view key, const std::vector<std::string>& protocols, bool deflate) {
    fields.add(version_field, version);
    if (!key.empty()) fields.add(key_field, key);
    std::string list;
    for (const auto& one : protocols) (list += list.empty() ? "" : ", ") += one;
    if (!list.empty()) fields.add(protocol_field, list);
    if (deflate) fields.add(extensions_field, deflate_offer());
}

Result<WebSocketAnswer> take_websocket_answer(Fields& fields, std::string_view key, const std::vector<std::string>& protocols, bool deflate) {
    if (!key.empty()) {
        const std::string proof = websocket_accept(key);
        if (proof.empty() || fields.count(accept_field) != 1 || fields.get(accept_field) != proof)
            return fault(Code::upstream_invalid, "the upstream changed to WebSocket without proving that it understood");
    }
    WebSocketAnswer made;
    if (fields.count(protocol_field) > 1) return fault(Code::upstream_invalid, "the upstream chose several WebSocket subprotocols");
    if (const auto chosen = fields.get(protocol_field)) {
        if (std::find(protocols.begin(), protocols.end(), *chosen) == protocols.end())
            return fault(Code::upstream_invalid, "the upstream chose a WebSocket subprotocol that was not offered");
        made.protocol = *chosen;
    }
    auto agreed = read_agreement(fields, deflate);
    if (agreed.has_error()) return agreed.error();
    made.deflate = *agreed;
    erase_fields(fields);
    return made;
}

void add_websocket_answer(Fields& fields, const WebSocketRequest& request, std::string_view protocol) {
    if (!request.key.empty()) fields.add(accept_field, websocket_accept(request.key));
    if (!protocol.empty()) fields.add(protocol_field, protocol);
    if (request.deflate) fields.add(extensions_field, render_agreement(*request.deflate));
}

}  // namespace bordergate
