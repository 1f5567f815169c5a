#include "proxy/http/websocket_handshake.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

namespace {

using Lines = std::initializer_list<std::pair<const char*, const char*>>;

Fields fields(Lines lines) {
    Fields made;
    for (const auto& [name, value] : lines) made.add(name, value);
    return made;
}

constexpr const char* sample_key = "dGhlIHNhbXBsZSBub25jZQ==";
const std::vector<std::string> none;

bool zeros(std::span<std::uint8_t> out) {
    std::fill(out.begin(), out.end(), std::uint8_t{0});
    return true;
}
bool nothing(std::span<std::uint8_t>) { return false; }

}  // namespace

TEST_CASE("the accept of RFC 6455, 1.3, and keys of 16 bytes") {
    CHECK(websocket_accept(sample_key) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    CHECK(websocket_key(zeros).value() == "AAAAAAAAAAAAAAAAAAAAAA==");
    CHECK(websocket_key(system_randomness).value() != websocket_key(system_randomness).value());
    CHECK(websocket_key(nothing).error().code == Code::internal);
}

TEST_CASE("a client's handshake is read and taken out of the head") {
    auto head = fields({{"Sec-WebSocket-Key", sample_key}, {"Sec-WebSocket-Version", "13"}, {"Sec-WebSocket-Protocol", "chat, superchat"},
                        {"sec-websocket-protocol", "realtime"}, {"Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"},
                        {"Origin", "https://x"}, {"Sec-WebSocket-Unknown", "1"}});
    const auto asked = take_websocket_request(head, true).value();
    CHECK(asked.key == sample_key);
    CHECK(asked.protocols == std::vector<std::string>{"chat", "superchat", "realtime"});
    CHECK(asked.deflate == DeflateTerms{});
    CHECK(head.size() == 1);
    CHECK(head.get("origin") == "https://x");
}

TEST_CASE("a client's handshake that is not one is refused") {
    const auto code = [](Lines lines, bool keyed = true) {
        auto head = fields(lines);
        const auto taken = take_websocket_request(head, keyed);
        return taken.has_error() ? std::string(info(taken.error().code).name) : "taken";
    };
    CHECK(code({{"sec-websocket-key", sample_key}, {"sec-websocket-version", "13"}}) == "taken");
    CHECK(code({{"sec-websocket-version", "13"}}, false) == "taken");
    CHECK(code({{"sec-websocket-version", "13"}}) == "framing_invalid");
    CHECK(code({{"sec-websocket-key", sample_key}}) == "framing_invalid");
    CHECK(code({{"sec-websocket-key", sample_key}, {"sec-websocket-version", "8"}}) == "framing_invalid");
    CHECK(code({{"sec-websocket-key", sample_key}, {"sec-websocket-key", sample_key}, {"sec-websocket-version", "13"}}) == "framing_invalid");
    for (const char* key : {"", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZSE=", "dGhl*HNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZSBsb25nZXI="})
        CHECK(code({{"sec-websocket-key", key}, {"sec-websocket-version", "13"}}) == "framing_invalid");
    for (const char* protocol : {"a b", "a, a", "\"a\""})
        CHECK(code({{"sec-websocket-version", "13"}, {"sec-websocket-protocol", protocol}}, false) == "framing_invalid");
}

TEST_CASE("an upstream must prove that it understood, and may choose only what was offered") {
    const std::string accept = websocket_accept(sample_key);
    const auto code = [&](Lines lines, const std::vector<std::string>& protocols = none, bool deflate = false, const char* key = sample_key) {
        auto head = fields(lines);
        const auto taken = take_websocket_answer(head, key, protocols, deflate);
        return taken.has_error() ? std::string(info(taken.error().code).name) : "taken " + taken->protocol + (taken->deflate ? "deflate" : "");
    };
    CHECK(code({{"sec-websocket-accept", accept.c_str()}}) == "taken ");
    CHECK(code({}) == "upstream_invalid");
    CHECK(code({{"sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOp="}}) == "upstream_invalid");
    CHECK(code({{"sec-websocket-accept", accept.c_str()}, {"sec-websocket-accept", accept.c_str()}}) == "upstream_invalid");
    CHECK(code({}, none, false, "") == "taken ");
    CHECK(code({{"sec-websocket-protocol", "b"}}, {"a", "b"}, false, "") == "taken b");
    CHECK(code({{"sec-websocket-protocol", "c"}}, {"a", "b"}, false, "") == "upstream_invalid");
    CHECK(code({{"sec-websocket-protocol", "a"}}, none, false, "") == "upstream_invalid");
    CHECK(code({{"sec-websocket-protocol", "a"}, {"sec-websocket-protocol", "b"}}, {"a", "b"}, false, "") == "upstream_invalid");
    CHECK(code({{"sec-websocket-extensions", "permessage-deflate"}}, none, true, "") == "taken deflate");
    CHECK(code({{"sec-websocket-extensions", "permessage-deflate"}}, none, false, "") == "upstream_invalid");
}

TEST_CASE("what we say in a handshake") {
    Fields request, answer;
    add_websocket_request(request, sample_key, {"a", "b"}, true);
    CHECK(request.get("sec-websocket-version") == "13");
    CHECK(request.get("sec-websocket-key") == sample_key);
    CHECK(request.get("sec-websocket-protocol") == "a, b");
    CHECK(request.get("sec-websocket-extensions") == "permessage-deflate; client_max_window_bits");
    WebSocketRequest asked;
    asked.key = sample_key;
    asked.deflate = DeflateTerms{true, false, 10, 15};
    add_websocket_answer(answer, asked, "b");
    CHECK(answer.get("sec-websocket-accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    CHECK(answer.get("sec-websocket-protocol") == "b");
    CHECK(answer.get("sec-websocket-extensions") == "permessage-deflate; server_no_context_takeover; server_max_window_bits=10");
    Fields stream;
    add_websocket_answer(stream, WebSocketRequest{}, "");
    CHECK(stream.size() == 0);
}
