// RFC 6455 and RFC 7692 by their own examples, and what a peer may not do as one table; everything at every split.
#include "proxy/http/websocket_codec.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "proxy/http/websocket_deflate.hpp"

using namespace bordergate;

namespace {

std::string bytes(std::string_view hex) {
    std::string out;
    std::string digits;
    for (char c : hex)
        if (c != ' ') digits += c;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) out += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
    return out;
}

/// The mask of RFC 6455, 5.7.
bool known_mask(std::span<std::uint8_t> out) {
    constexpr std::uint8_t mask[] = {0x37, 0xfa, 0x21, 0x3d};
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = mask[i % 4];
    return true;
}
bool no_randomness(std::span<std::uint8_t>) { return false; }

constexpr std::size_t most = 1000;

WebSocketCodec::Settings settings(WebSocketRole role, bool deflate = false) {
    WebSocketCodec::Settings made;
    made.role = role;
    made.message_bytes = most;
    if (deflate) made.deflate = DeflateTerms{};
    made.randomness = known_mask;
    return made;
}

std::string describe(const WebSocketEvent& event) {
    constexpr std::string_view names[] = {"text", "binary", "ping", "pong", "close"};
    std::string out(names[static_cast<std::size_t>(event.kind)]);
    if (event.kind == WebSocketEvent::Kind::close) out += std::to_string(event.code);
    return out + "(" + event.data + ") ";
}

/// What comes out when `in` is fed in pieces of `step` bytes.
std::string read(const WebSocketCodec::Settings& how, std::string_view in, std::size_t step) {
    WebSocketCodec codec(how);
    std::string out;
    while (!in.empty()) {
        const std::string piece(in.substr(0, step));
        in.remove_prefix(piece.size());
        std::string_view rest = piece;
        for (;;) {
            WebSocketEvent event;
            const auto got = codec.next(rest, event);
            if (got.has_error()) return out + "!" + std::to_string(static_cast<int>(codec.close_code()));
            if (!*got) break;
            out += describe(event);
        }
        CHECK(rest.empty());
    }
    return out + (codec.mid_message() ? "..." : "");
}

/// The same at every split.
std::string read(const WebSocketCodec::Settings& how, std::string_view in) {
    const auto whole = read(how, in, in.size() + 1);
    for (std::size_t step = 1; step <= in.size(); ++step) {
        INFO("in pieces of " << step);
        CHECK(read(how, in, step) == whole);
    }
    return whole;
}

const auto upstream = settings(WebSocketRole::client);   // what an upstream sends is read by a client
const auto from_client = settings(WebSocketRole::server);

/// A frame as a client sends it.
std::string masked(unsigned first, std::string_view payload) {
    std::string out(1, static_cast<char>(first));
    if (payload.size() < 126) {
        out += static_cast<char>(0x80 | payload.size());
    } else {
        out += static_cast<char>(0x80 | 126);
        out += static_cast<char>(payload.size() >> 8);
        out += static_cast<char>(payload.size() & 0xff);
    }
    const std::string mask = bytes("37fa213d");
    out += mask;
    for (std::size_t i = 0; i < payload.size(); ++i) out += static_cast<char>(payload[i] ^ mask[i % 4]);
    return out;
}

std::string close_with(unsigned code) { return masked(0x88, std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)}); }

}  // namespace

TEST_CASE("the examples of RFC 6455, 5.7") {
    CHECK(read(upstream, bytes("81 05 48 65 6c 6c 6f")) == "text(Hello) ");
    CHECK(read(from_client, bytes("81 85 37 fa 21 3d 7f 9f 4d 51 58")) == "text(Hello) ");
    CHECK(read(upstream, bytes("01 03 48 65 6c 80 02 6c 6f")) == "text(Hello) ");
    CHECK(read(upstream, bytes("89 05 48 65 6c 6c 6f")) == "ping(Hello) ");
    CHECK(read(from_client, bytes("8a 85 37 fa 21 3d 7f 9f 4d 51 58")) == "pong(Hello) ");
    CHECK(read(upstream, bytes("82 7e 01 00") + std::string(256, 'x')) == "binary(" + std::string(256, 'x') + ") ");
    auto large = upstream;
    large.message_bytes = 65536;
    const auto sixty_four = bytes("82 7f 00 00 00 00 00 01 00 00") + std::string(65536, 'y');
    for (std::size_t step : {std::size_t{1}, std::size_t{4095}, std::size_t{4096}, std::size_t{65536}, std::size_t{70000}})
        CHECK(read(large, sixty_four, step) == "binary(" + std::string(65536, 'y') + ") ");
}

TEST_CASE("the examples of RFC 7692, 7.2.3") {
    const auto how = settings(WebSocketRole::client, true);
    CHECK(read(how, bytes("c1 07 f2 48 cd c9 c9 07 00")) == "text(Hello) ");
    CHECK(read(how, bytes("41 03 f2 48 cd 80 04 c9 c9 07 00")) == "text(Hello) ");
    // With context the second message refers to the first.
    CHECK(read(how, bytes("c1 07 f2 48 cd c9 c9 07 00 c1 05 f2 00 11 00 00")) == "text(Hello) text(Hello) ");
    auto forgetful = how;
    forgetful.deflate->server_no_context_takeover = true;
    CHECK(read(forgetful, bytes("c1 07 f2 48 cd c9 c9 07 00 c1 05 f2 00 11 00 00")) == "text(Hello) !1007");
    CHECK(read(how, bytes("c1 0b 00 05 00 fa ff 48 65 6c 6c 6f 00")) == "text(Hello) ");   // no compression
    CHECK(read(how, bytes("c1 08 f3 48 cd c9 c9 07 00 00")) == "text(Hello) ");            // BFINAL
    CHECK(read(how, bytes("c1 0d f2 48 05 00 00 00 ff ff ca c9 c9 07 00")) == "text(Hello) ");  // two blocks
    CHECK(read(how, bytes("c1 01 00")) == "text() ");
    // A message after one that ended its stream still refers to what was before.
    CHECK(read(how, bytes("c1 08 f3 48 cd c9 c9 07 00 00 c1 05 f2 00 11 00 00")) == "text(Hello) text(Hello) ");
    // Uncompressed messages go between compressed ones.
    CHECK(read(how, bytes("c1 07 f2 48 cd c9 c9 07 00 81 01 61 c1 05 f2 00 11 00 00")) == "text(Hello) text(a) text(Hello) ");
}

TEST_CASE("what a peer may not send closes the connection with the code that says why") {
    struct Case {
        const char* name;
        std::string in, expected;
    };
    const std::string half = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce";
    const std::vector<Case> cases{
        {"unmasked", bytes("81 01 61"), "!1002"},
        {"first reserved bit", masked(0xc1, "a"), "!1002"},
        {"second reserved bit", masked(0xa1, "a"), "!1002"},
        {"third reserved bit on a ping", masked(0x99, "a"), "!1002"},
        {"reserved data opcodes", masked(0x83, "a"), "!1002"},
        {"the last reserved data opcode", masked(0x87, "a"), "!1002"},
        {"reserved control opcodes", masked(0x8b, "a"), "!1002"},
        {"the last reserved control opcode", masked(0x8f, "a"), "!1002"},
        {"long ping", masked(0x89, std::string(126, 'a')), "!1002"},
        {"longest ping", masked(0x89, std::string(125, 'a')), "ping(" + std::string(125, 'a') + ") "},
        {"fragmented ping", masked(0x09, "a"), "!1002"},
        {"fragmented close", masked(0x08, "\x03\xe8"), "!1002"},
        {"continuation of nothing", masked(0x80, "a"), "!1002"},
        {"message inside a message", masked(0x01, "a") + masked(0x81, "b"), "!1002"},
        {"control frames inside a message", masked(0x01, "a") + masked(0x89, "p") + masked(0x00, "b") + masked(0x8a, "q") + masked(0x80, "c"), "ping(p) pong(q) text(abc) "},
        {"empty fragments", masked(0x01, "") + masked(0x00, "") + masked(0x80, ""), "text() "},
        {"empty messages", masked(0x81, "") + masked(0x82, ""), "text() binary() "},
        {"a fragment of binary", masked(0x02, std::string("\0\xff", 2)) + masked(0x80, "\xfe"), "binary(" + std::string("\0\xff\xfe", 3) + ") "},
        {"characters split over fragments", masked(0x01, half) + masked(0x80, "\xb5"), "text(" + half + "\xb5) "},
        {"half a character at the end", masked(0x81, half), "!1007"},
        {"a surrogate", masked(0x81, "\xed\xa0\x80"), "!1007"},
        {"beyond Unicode", masked(0x81, "\xf4\x90\x80\x80"), "!1007"},
        {"overlong", masked(0x81, "\xc0\xaf"), "!1007"},
        {"bad text in a fragment that is not the last", masked(0x01, "\xff") + masked(0x80, "a"), "!1007"},
        {"longest message", masked(0x81, std::string(most, 'a')), "text(" + std::string(most, 'a') + ") "},
        {"longer message", masked(0x81, std::string(most + 1, 'a')), "!1009"},
        {"longer in fragments", masked(0x01, std::string(most, 'a')) + masked(0x80, "b"), "!1009"},
        {"close without a code", masked(0x88, ""), "close1005() "},
        {"close with a code and a reason", masked(0x88, "\x03\xe8" "bye"), "close1000(bye) "},
        {"close with half a code", masked(0x88, "\x03"), "!1002"},
        {"close with a reason that is not UTF-8", masked(0x88, "\x03\xe8\xff"), "!1007"},
        {"longest reason", masked(0x88, "\x03\xe9" + std::string(123, 'r')), "close1001(" + std::string(123, 'r') + ") "},
        {"incomplete", masked(0x81, "abc").substr(0, 8), "..."},
        {"a length of more than 63 bits", bytes("82 ff ff ff ff ff ff ff ff ff 00 00 00 00 01"), "!1002"},
        {"a huge length", bytes("82 ff 7f ff ff ff ff ff ff ff 00 00 00 00 01"), "!1009"},
        {"a length that is longer than it need be", bytes("81 fe 00 01 00 00 00 00 61"), "!1002"},
    };
    for (const auto& one : cases) {
        INFO(one.name);
        CHECK(read(from_client, one.in) == one.expected);
    }
    CHECK(read(upstream, masked(0x81, "a")) == "!1002");
    for (unsigned code : {0U, 999U, 1004U, 1005U, 1006U, 1015U, 1016U, 1100U, 2000U, 2999U, 5000U, 65535U}) {
        INFO(code);
        CHECK(read(from_client, close_with(code)) == "!1002");
    }
    for (unsigned code : {1000U, 1003U, 1007U, 1011U, 1012U, 1013U, 1014U, 3000U, 3999U, 4000U, 4999U}) {
        INFO(code);
        CHECK(read(from_client, close_with(code)) == "close" + std::to_string(code) + "() ");
    }
}

TEST_CASE("compressed messages that are damaged, too long or wrongly marked") {
    const auto how = settings(WebSocketRole::server, true);
    CHECK(read(how, masked(0xc1, "\xff\xff\xff")) == "!1007");
    CHECK(read(how, masked(0xc1, bytes("f2 48 cd"))) == "!1007");                       // stops in the middle of a block
    CHECK(read(how, masked(0xc1, "")) == "!1007");                                       // not even an empty block
    CHECK(read(how, masked(0xc1, bytes("f2 00 11 00 00"))) == "!1007");                 // refers to what was never sent
    CHECK(read(how, masked(0x41, bytes("f2 48 cd")) + masked(0xc0, bytes("c9 c9 07 00"))) == "!1002");  // marked on a continuation
    CHECK(read(how, masked(0xc9, "a")) == "!1002");                                      // on a ping
    MessageDeflater deflater(15, true);
    std::string bomb, bad_text;
    REQUIRE(deflater.deflate_message(std::string(most + 1, 'a'), bomb));
    CHECK(bomb.size() < 100);
    CHECK(read(how, masked(0xc1, bomb)) == "!1009");
    MessageDeflater other(15, true);
    REQUIRE(other.deflate_message("abc\xff", bad_text));
    CHECK(read(how, masked(0xc1, bad_text)) == "!1007");
    CHECK(read(how, masked(0xc2, bad_text)) == "binary(abc\xff) ");
    // Streams that end again and again cost a window each.
    std::string ends;
    for (int i = 0; i < 40; ++i) ends += bytes("03 00");
    CHECK(read(how, masked(0xc2, ends)) == "!1007");
    // Endless empty blocks are no message.
    std::string empty;
    for (int i = 0; i < 500; ++i) empty += bytes("00 00 00 ff ff");
    CHECK(read(how, masked(0xc2, empty)) == "!1009");
}

TEST_CASE("a reference beyond the agreed window means the same at every split") {
    auto how = settings(WebSocketRole::server, true);
    how.deflate->client_max_window_bits = 8;
    const std::string text = "told once, and told once more " + std::string(900, '.') + "told once, and told once more ";
    std::string compressed;
    REQUIRE(MessageDeflater(15, true).deflate_message(text, compressed));
    CHECK(read(how, masked(0xc1, compressed)) == "text(" + text + ") ");
}

TEST_CASE("what is sent is what the other end reads, compressed or not, masked or not") {
    for (const bool deflate : {false, true})
        for (const auto role : {WebSocketRole::client, WebSocketRole::server})
            for (const unsigned bits : {8U, 9U, 12U, 15U})
                for (const bool forgets : {false, true}) {
                    auto ours = settings(role, deflate);
                    auto theirs = settings(role == WebSocketRole::client ? WebSocketRole::server : WebSocketRole::client, deflate);
                    if (deflate) {
                        ours.deflate->client_max_window_bits = ours.deflate->server_max_window_bits = bits;
                        ours.deflate->client_no_context_takeover = ours.deflate->server_no_context_takeover = forgets;
                        theirs.deflate = ours.deflate;
                    }
                    WebSocketCodec sender(ours), receiver(theirs);
                    std::string wire;
                    std::vector<std::string> expected;
                    for (const std::string& text : {std::string(), std::string("short"), std::string(900, 'z'), std::string(900, 'z'), std::string("tail")}) {
                        REQUIRE(sender.message(text.size() != 5, text, wire).has_value());
                        expected.push_back((text.size() != 5 ? "text(" : "binary(") + text + ") ");
                    }
                    REQUIRE(sender.ping("p", wire).has_value());
                    REQUIRE(sender.pong("q", wire).has_value());
                    REQUIRE(sender.close(1000, "bye", wire).has_value());
                    expected.insert(expected.end(), {"ping(p) ", "pong(q) ", "close1000(bye) "});
                    if (deflate && bits > 8) CHECK(wire.size() < 200);
                    std::string_view rest = wire;
                    for (const auto& one : expected) {
                        WebSocketEvent event;
                        const auto got = receiver.next(rest, event);
                        REQUIRE(got.has_value());
                        REQUIRE(*got);
                        CHECK(describe(event) == one);
                    }
                    CHECK(rest.empty());
                }
}

TEST_CASE("frames on the wire: a client's are masked, a server's are not, and reasons fit") {
    WebSocketCodec client(settings(WebSocketRole::client)), server(settings(WebSocketRole::server));
    std::string wire;
    REQUIRE(client.message(true, "Hello", wire).has_value());
    CHECK(wire == bytes("81 85 37 fa 21 3d 7f 9f 4d 51 58"));
    wire.clear();
    REQUIRE(server.message(true, "Hello", wire).has_value());
    CHECK(wire == bytes("81 05 48 65 6c 6c 6f"));
    wire.clear();
    REQUIRE(server.close(static_cast<std::uint16_t>(CloseCode::none), "ignored", wire).has_value());
    CHECK(wire == bytes("88 00"));
    wire.clear();
    // 122 letters and a character of two bytes: it is left out whole.
    REQUIRE(server.close(1008, std::string(122, 'r') + "\xc3\xa4", wire).has_value());
    CHECK(wire == bytes("88 7c 03 f0") + std::string(122, 'r'));
    auto blind = settings(WebSocketRole::client);
    blind.randomness = no_randomness;
    WebSocketCodec without(blind);
    wire = "before";
    CHECK(without.message(true, "secret", wire).error().code == Code::internal);
    CHECK(wire == "before");
}

TEST_CASE("faults are named for the side of the peer") {
    const auto code_of = [](const WebSocketCodec::Settings& how, const std::string& wire) {
        WebSocketCodec codec(how);
        std::string_view rest = wire;
        WebSocketEvent event;
        return codec.next(rest, event).error().code;
    };
    CHECK(code_of(from_client, bytes("81 01 61")) == Code::framing_invalid);
    CHECK(code_of(from_client, masked(0x81, "\xff")) == Code::body_invalid);
    CHECK(code_of(from_client, masked(0x81, std::string(most + 1, 'a'))) == Code::body_too_large);
    CHECK(code_of(upstream, masked(0x81, "a")) == Code::upstream_invalid);
    CHECK(code_of(upstream, bytes("81 01 ff")) == Code::upstream_invalid);
    CHECK(code_of(upstream, bytes("81 7e 04 00") + std::string(1024, 'a')) == Code::upstream_too_large);
}
