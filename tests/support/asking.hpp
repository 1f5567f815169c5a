// What flow tests ask a gate, and how they wait for what comes of it.
#pragma once

#include <unistd.h>

#include <string>

#include "tests/support/gate.hpp"
#include "tests/support/peers.hpp"

namespace bordergate::testing {

/// The answer to a request of its own connection.
inline std::string ask(const Gate& gate, const std::string& method = "GET", const std::string& body = {}) {
    Connection client(gate.port());
    client.send(request(method, "/v1/x", body));
    return client.message();
}

inline std::string metrics(const Gate& gate) {
    Connection client(gate.port("admin"));
    client.send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    return client.message();
}

/// How often `part` stands in `text`.
inline std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
    return found;
}

inline std::string url(std::uint16_t port, const std::string& host = "127.0.0.1") { return "http://" + host + ":" + std::to_string(port); }

/// Looks every ten milliseconds, for ten seconds, whether `condition` holds.
template <class Condition>
bool soon(Condition&& condition) {
    for (int i = 0; i < 1000; ++i) {
        if (condition()) return true;
        ::usleep(10'000);
    }
    return false;
}

}  // namespace bordergate::testing
