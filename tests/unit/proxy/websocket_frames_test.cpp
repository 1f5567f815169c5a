#include "proxy/http/websocket_frames.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "proxy/http/websocket_codec.hpp"

using namespace bordergate;

TEST_CASE("frames end where the codec ends them, however they are split") {
    for (const auto role : {WebSocketRole::client, WebSocketRole::server}) {
        WebSocketCodec::Settings settings;
        settings.role = role;
        WebSocketCodec codec(settings);
        std::string wire;
        std::set<std::size_t> ends{0};
        for (const std::size_t size : {0U, 1U, 125U, 126U, 65535U, 65536U, 70000U}) {
            REQUIRE(codec.message(false, std::string(size, '\x81'), wire).has_value());
            ends.insert(wire.size());
            REQUIRE(codec.ping("p", wire).has_value());
            ends.insert(wire.size());
        }
        WebSocketFrames bytewise;
        for (std::size_t i = 0; i < wire.size(); ++i) {
            if (bytewise.between() != ends.contains(i)) FAIL_CHECK("after " << i << " bytes");
            bytewise.pass({&wire[i], 1});
        }
        CHECK(bytewise.between());
        for (const std::size_t step : {2U, 3U, 7U, 100U, 4096U, 1U << 20}) {
            WebSocketFrames frames;
            for (std::size_t at = 0; at < wire.size(); at += step) {
                frames.pass(std::string_view(wire).substr(at, step));
                if (frames.between() != ends.contains(std::min(at + step, wire.size()))) FAIL_CHECK("steps of " << step << " at " << at);
            }
        }
    }
}
