// HTTP/2 frames and header blocks by hand (RFC 9113, RFC 7541), for what no real peer would send.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bordergate::testing::h2 {

enum Type : std::uint8_t { data = 0, headers = 1, priority = 2, rst_stream = 3, settings = 4, ping = 6, goaway = 7, window_update = 8, continuation = 9 };
enum Flag : std::uint8_t { none = 0, end_stream = 1, ack = 1, end_headers = 4, padded = 8 };

inline constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

inline std::string number(std::uint32_t value) {
    return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8), static_cast<char>(value)};
}

inline std::string frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream, std::string_view payload = {}) {
    return number(static_cast<std::uint32_t>(payload.size())).substr(1) + static_cast<char>(type) + static_cast<char>(flags) + number(stream) + std::string(payload);
}

/// A string literal of HPACK, never Huffman-coded.
inline std::string text(std::string_view value) {
    if (value.size() < 127) return static_cast<char>(value.size()) + std::string(value);
    std::string out(1, 127);
    auto rest = value.size() - 127;
    for (; rest >= 128; rest /= 128) out += static_cast<char>(rest % 128 + 128);
    return out + static_cast<char>(rest) + std::string(value);
}

using Lines = std::vector<std::pair<std::string, std::string>>;

/// Literal fields without indexing, byte for byte as they are given.
inline std::string block(const Lines& lines) {
    std::string out;
    for (const auto& [name, value] : lines) out += std::string(1, '\0') + text(name) + text(value);
    return out;
}

/// What a client says first.
inline std::string hello() { return std::string(preface) + frame(settings, none, 0); }

/// A request's pseudo fields, then `more`.
inline Lines request(std::string method, std::string path, Lines more = {}, std::string authority = "gate") {
    Lines lines{{":method", std::move(method)}, {":scheme", "http"}, {":authority", std::move(authority)}, {":path", std::move(path)}};
    lines.insert(lines.end(), more.begin(), more.end());
    return lines;
}

struct Frame {
    std::uint8_t type = 0, flags = 0;
    std::uint32_t stream = 0;
    std::string payload;
    std::uint32_t code(std::size_t at = 0) const {
        std::uint32_t value = 0;
        for (std::size_t i = at; i < at + 4 && i < payload.size(); ++i) value = value << 8 | static_cast<std::uint8_t>(payload[i]);
        return value;
    }
};

/// Takes the first whole frame off `bytes`; false if there is none.
inline bool take(std::string& bytes, Frame& out) {
    if (bytes.size() < 9) return false;
    const auto byte = [&bytes](std::size_t at) { return static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[at])); };
    const auto size = byte(0) << 16 | byte(1) << 8 | byte(2);
    if (bytes.size() < 9 + size) return false;
    out.type = static_cast<std::uint8_t>(byte(3));
    out.flags = static_cast<std::uint8_t>(byte(4));
    out.stream = (byte(5) & 0x7f) << 24 | byte(6) << 16 | byte(7) << 8 | byte(8);
    out.payload = bytes.substr(9, size);
    bytes.erase(0, 9 + size);
    return true;
}

inline std::vector<Frame> frames(std::string bytes) {
    std::vector<Frame> all;
    for (Frame one; take(bytes, one);) all.push_back(one);
    return all;
}

/// The first frame of a type; null if there is none.
inline const Frame* find(const std::vector<Frame>& frames, std::uint8_t type) {
    for (const auto& one : frames)
        if (one.type == type) return &one;
    return nullptr;
}

}  // namespace bordergate::testing::h2
