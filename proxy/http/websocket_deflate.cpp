#include "proxy/http/websocket_deflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>

namespace bordergate {

namespace {

/// What a sender leaves out at the end of each message (RFC 7692, 7.2.1).
constexpr std::string_view left_out{"\x00\x00\xff\xff", 4};
/// Streams that may end within one message (RFC 7692, 7.2.3.5); each costs the copy of a window.
constexpr unsigned most_ends = 16;
/// Of our own compressor: 4 KB of window and a small hash keep a connection at about 40 KB instead of 260.
constexpr unsigned own_window_bits = 12;
constexpr int own_memory_level = 5;
constexpr std::size_t step = 16 * 1024;

Bytef* bytes_of(std::string_view text) { return reinterpret_cast<Bytef*>(const_cast<char*>(text.data())); }

}  // namespace

struct MessageInflater::State {
    z_stream stream{};
    bool keeps_context = true;
    unsigned ends = 0;  ///< of streams in this message
};

MessageInflater::MessageInflater(bool keeps_context) : state_(std::make_unique<State>()) {
    state_->keeps_context = keeps_context;
    // Start-up of a connection: without memory there is none.
    if (inflateInit2(&state_->stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
}

MessageInflater::~MessageInflater() { inflateEnd(&state_->stream); }

MessageInflater::Outcome MessageInflater::run(std::string_view in, std::size_t most, std::string& out) {
    z_stream& stream = state_->stream;
    std::array<char, step> piece;
    stream.next_in = bytes_of(in);
    stream.avail_in = static_cast<uInt>(in.size());
    for (;;) {
        stream.next_out = reinterpret_cast<Bytef*>(piece.data());
        stream.avail_out = static_cast<uInt>(piece.size());
        const int done = inflate(&stream, Z_SYNC_FLUSH);
        if (done != Z_OK && done != Z_STREAM_END && done != Z_BUF_ERROR) return Outcome::damaged;
        const std::size_t made = piece.size() - stream.avail_out;
        if (made > most - std::min(most, out.size())) return Outcome::too_long;
        out.append(piece.data(), made);
        if (done == Z_STREAM_END) {
            if (++state_->ends > most_ends) return Outcome::damaged;
            // What follows is a stream of its own and may still refer to what was before.
            std::array<Bytef, 32768> window;
            uInt size = 0;
            if (inflateGetDictionary(&stream, window.data(), &size) != Z_OK || inflateReset(&stream) != Z_OK ||
                inflateSetDictionary(&stream, window.data(), size) != Z_OK)
                return Outcome::damaged;
            if (stream.avail_in == 0) return Outcome::good;
            continue;
        }
        if (stream.avail_in == 0 && stream.avail_out > 0) return Outcome::good;
        if (done == Z_BUF_ERROR) return Outcome::damaged;
    }
}

MessageInflater::Outcome MessageInflater::feed(std::string_view in, std::size_t most, std::string& out) {
    return in.empty() ? Outcome::good : run(in, most, out);
}

MessageInflater::Outcome MessageInflater::finish(std::size_t most, std::string& out) {
    const auto ended = run(left_out, most, out);
    if (ended != Outcome::good) return ended;
    // zlib: bit 7 says that a block has just ended, the low bits how much of the last byte is unused.
    constexpr int at_block = 128, unused = 63;
    if ((state_->stream.data_type & at_block) == 0 || (state_->stream.data_type & unused) != 0) return Outcome::damaged;
    state_->ends = 0;
    if (!state_->keeps_context && inflateReset(&state_->stream) != Z_OK) return Outcome::damaged;
    return Outcome::good;
}

struct MessageDeflater::State {
    z_stream stream{};
    bool keeps_context = true;
};

MessageDeflater::MessageDeflater(unsigned window_bits, bool keeps_context) : state_(std::make_unique<State>()) {
    state_->keeps_context = keeps_context;
    const int bits = static_cast<int>(std::clamp(window_bits, 9U, own_window_bits));
    if (deflateInit2(&state_->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -bits, own_memory_level, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
}

MessageDeflater::~MessageDeflater() { deflateEnd(&state_->stream); }

bool MessageDeflater::deflate_message(std::string_view message, std::string& out) {
    z_stream& stream = state_->stream;
    // An empty message is one empty stored block (RFC 7692, 7.2.3.6); zlib would say nothing twice in a row.
    if (message.empty()) {
        out += '\0';
        return true;
    }
    std::array<char, step> piece;
    stream.next_in = bytes_of(message);
    stream.avail_in = static_cast<uInt>(message.size());
    do {
        stream.next_out = reinterpret_cast<Bytef*>(piece.data());
        stream.avail_out = static_cast<uInt>(piece.size());
        const int done = ::deflate(&stream, Z_SYNC_FLUSH);
        if (done != Z_OK && done != Z_BUF_ERROR) return false;
        out.append(piece.data(), piece.size() - stream.avail_out);
    } while (stream.avail_out == 0);
    if (!std::string_view(out).ends_with(left_out)) return false;
    out.resize(out.size() - left_out.size());
    if (!state_->keeps_context && deflateReset(&stream) != Z_OK) return false;
    return true;
}

}  // namespace bordergate
