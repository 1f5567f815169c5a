// Destinations of flow tests that are slow to answer, and gates that make a second attempt beside the first.
#pragma once

#include <atomic>
#include <string>

#include "tests/support/asking.hpp"

namespace bordergate::testing {

inline std::string answering(const std::string& body) { return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body; }

/// An upstream that answers nothing, and counts the requests that came and the connections that ended.
struct Silent {
    std::atomic<int> asked{0}, parted{0};
    Upstream upstream{[this](Connection& connection) {
        if (!connection.message().empty()) ++asked;
        connection.all();
        ++parted;
    }};
};

inline void answer_quick(Connection& connection) {
    while (!connection.message().empty()) connection.send(answering("quick"));
}

/// The one record of `kind` that holds `part`; empty: none.
inline std::string record(const Gate& gate, const std::string& kind, const std::string& part) {
    const auto all = gate.records();
    for (std::size_t at = 0; at < all.size();) {
        const auto end = all.find('\n', at);
        const auto line = all.substr(at, end - at);
        if (line.find("\"kind\":\"" + kind + "\"") != std::string::npos && line.find(part) != std::string::npos) return line;
        at = end == std::string::npos ? all.size() : end + 1;
    }
    return {};
}

inline std::string destination(const std::string& id, std::uint16_t port, const std::string& country) {
    return "  - id: " + id + "\n    url: " + url(port) + "\n    standing: {location: " + country + ", operator: " + country +
           "}\n    allow_private_address: true\n";
}

inline const std::string hedged = "    hedge: {after: 100ms}\n";

/// `far`, which is hedged after 100 ms, and `near` behind it.
inline GateSettings two(std::uint16_t far, std::uint16_t near, const std::string& country = "US", const std::string& more = hedged) {
    GateSettings settings;
    settings.destination_url = url(far);
    settings.destination_more = more + destination("near", near, country);
    settings.route_destinations = "far, near";
    return settings;
}

}  // namespace bordergate::testing
