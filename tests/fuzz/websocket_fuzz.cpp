// A WebSocket connection on arbitrary bytes: what comes out does not depend on how reads split it, is bounded, and is
// what the other end reads when it is sent on.
#include <cstdlib>
#include <vector>

#include "config/utf8.hpp"
#include "proxy/http/websocket_codec.hpp"

using namespace bordergate;

namespace {

constexpr std::size_t most = 4096;

bool zero_mask(std::span<std::uint8_t> out) {
    std::fill(out.begin(), out.end(), std::uint8_t{0});
    return true;
}

struct Run {
    std::vector<WebSocketEvent> events;
    int failed = 0;
};

bool same(const WebSocketEvent& a, const WebSocketEvent& b) { return a.kind == b.kind && a.data == b.data && a.code == b.code; }

Run run(const WebSocketCodec::Settings& how, std::string_view in, std::string_view splits) {
    WebSocketCodec codec(how);
    Run run;
    for (std::size_t i = 0; !in.empty(); ++i) {
        const auto wanted = splits.empty() ? in.size() : 1U + (static_cast<unsigned char>(splits[i % splits.size()]) & 63U);
        const std::string piece(in.substr(0, wanted));
        in.remove_prefix(piece.size());
        std::string_view rest = piece;
        for (;;) {
            WebSocketEvent event;
            const auto got = codec.next(rest, event);
            if (got.has_error()) {
                run.failed = static_cast<int>(codec.close_code());
                return run;
            }
            if (!*got) break;
            if (event.data.size() > most) std::abort();
            if (event.kind == WebSocketEvent::Kind::text && find_invalid_utf8(event.data) != std::string_view::npos) std::abort();
            run.events.push_back(std::move(event));
        }
        if (!rest.empty()) std::abort();
    }
    return run;
}

void send(WebSocketCodec& codec, const WebSocketEvent& event, std::string& out) {
    using Kind = WebSocketEvent::Kind;
    Status sent;
    if (event.kind == Kind::ping)
        sent = codec.ping(event.data, out);
    else if (event.kind == Kind::pong)
        sent = codec.pong(event.data, out);
    else if (event.kind == Kind::close)
        sent = codec.close(event.code, event.data, out);
    else
        sent = codec.message(event.kind == Kind::text, event.data, out);
    if (sent.has_error()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    WebSocketCodec::Settings how;
    how.role = (data[0] & 1U) != 0 ? WebSocketRole::client : WebSocketRole::server;
    how.message_bytes = most;
    how.randomness = zero_mask;
    if ((data[0] & 2U) != 0) how.deflate = DeflateTerms{(data[0] & 4U) != 0, (data[0] & 8U) != 0, 8U + (data[1] & 7U), 8U + ((data[1] >> 3) & 7U)};
    const std::size_t ways = std::min<std::size_t>(data[0] >> 5, size - 2);
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const auto splits = all.substr(2, ways), in = all.substr(2 + ways);
    const Run whole = run(how, in, {});
    for (const auto how_split : {splits, std::string_view("\0", 1)}) {
        const Run other = run(how, in, how_split);
        if (other.failed != whole.failed || other.events.size() != whole.events.size()) std::abort();
        for (std::size_t i = 0; i < whole.events.size(); ++i)
            if (!same(whole.events[i], other.events[i])) std::abort();
    }
    // Sent on by the other end of the same connection.
    WebSocketCodec::Settings theirs = how;
    theirs.role = how.role == WebSocketRole::client ? WebSocketRole::server : WebSocketRole::client;
    WebSocketCodec sender(theirs);
    std::string wire;
    for (const auto& event : whole.events) send(sender, event, wire);
    const Run again = run(how, wire, {});
    if (again.failed != 0 || again.events.size() != whole.events.size()) std::abort();
    for (std::size_t i = 0; i < whole.events.size(); ++i)
        if (!same(whole.events[i], again.events[i])) std::abort();
    return 0;
}
