// Where a request could go: by route in reverse mode, by authority in forward mode.
#include "proxy/candidates.hpp"

#include <catch2/catch.hpp>

#include "config/binding.hpp"
#include "config/loader.hpp"

using namespace bordergate;
using Catch::Contains;

namespace {

struct Map {
    Map() {
        const auto loaded = load_text(R"(version: 1
node: {location: DE, operator: DE}
listeners:
  - {name: inner, address: "127.0.0.1:0", mode: reverse}
  - {name: other, address: "127.0.0.1:0", mode: reverse}
  - {name: egress, address: "127.0.0.1:0", mode: forward}
audit: {directory: ./a}
sources: [{id: app, match: {networks: [127.0.0.0/8]}, standing: {location: DE, operator: DE}, carries: [personal]}]
destinations:
  - {id: one, url: "https://One.example", standing: {location: DE, operator: DE}}
  - {id: two, url: "http://two.example:8080/base", standing: {location: US, operator: US}}
  - {id: six, url: "https://[2001:db8::1]", standing: {location: US, operator: US}}
routes:
  - {id: files, listener: inner, path: /v1/files, methods: [GET, PUT], destinations: [two]}
  - {id: hosted, host: api.example, path: /v1, destinations: [two, one]}
  - {id: v1, path: /v1, destinations: [one, two]}
  - {id: rest, listener: other, destinations: [two]}
rules:
  - {id: plain, permit: clear, data: plain, from: EEA, to: US}
)",
                                      "f.yaml", "/");
        INFO(format(loaded.diagnostics));
        REQUIRE(loaded.snapshot);
        snapshot = loaded.snapshot;
    }
    Result<Candidates> derive(int listener, const std::string& method, const std::string& authority,
                              const std::string& path, const std::string& scheme = "", bool absolute = false) const {
        RequestHead head;
        head.method = method;
        head.authority = authority;
        head.path = path;
        head.scheme = scheme;
        return derive_candidates(*snapshot, snapshot->listeners[static_cast<std::size_t>(listener)], head, absolute);
    }
    /// The route and its destinations, or the fault.
    std::string reverse(int listener, const std::string& method, const std::string& authority,
                        const std::string& path) const {
        const auto found = derive(listener, method, authority, path);
        if (found.has_error()) return std::string(info(found.error().code).name);
        REQUIRE(found->route);
        std::string text = found->route->id;
        for (const auto* one : found->destinations) text += ' ' + one->id;
        return text;
    }
    /// The one destination, or the host, port and TLS of an undeclared one.
    std::string forward(const std::string& scheme, const std::string& authority,
                        const std::string& method = "GET") const {
        const auto found = derive(2, method, authority, "/", scheme, true);
        if (found.has_error()) return std::string(info(found.error().code).name);
        CHECK_FALSE(found->route);
        REQUIRE(found->destinations.size() == 1);
        const auto& one = *found->destinations[0];
        CHECK((found->undeclared.get() == &one) == one.id.empty());
        if (!found->undeclared) return one.id;
        return (one.tls ? "tls " : "tcp ") + one.host + ' ' + std::to_string(one.port);
    }
    SnapshotPtr snapshot;
};

}  // namespace

TEST_CASE("the first route that takes listener, host, path and method is taken, with its destinations in order") {
    const Map map;
    CHECK(map.reverse(0, "GET", "gate", "/v1/files/7") == "files two");
    CHECK(map.reverse(0, "POST", "gate", "/v1/files/7") == "v1 one two");
    CHECK(map.reverse(1, "GET", "gate", "/v1/files/7") == "v1 one two");
    CHECK(map.reverse(0, "POST", "api.example", "/v1/chat") == "hosted two one");
    CHECK(map.reverse(0, "POST", "api.example:8443", "/v1/chat") == "hosted two one");
    CHECK(map.reverse(1, "POST", "gate", "/other") == "rest two");
}

TEST_CASE("where no route matches nothing is taken") {
    const Map map;
    CHECK(map.reverse(0, "GET", "gate", "/other") == "no_route");
    CHECK(map.reverse(0, "GET", "gate", "/v10") == "no_route");
    CHECK(map.reverse(0, "OPTIONS", "gate", "*") == "no_route");
    CHECK(map.reverse(0, "CONNECT", "gate:443", "") == "no_route");
    CHECK(map.reverse(1, "CONNECT", "gate:443", "") == "no_route");
    CHECK_THAT(map.derive(0, "GET", "gate", "/other").error().detail, Contains("inner"));
}

TEST_CASE("a path lies below a prefix on segment boundaries only") {
    CHECK(lies_below("/v1", "/v1"));
    CHECK(lies_below("/v1/", "/v1"));
    CHECK(lies_below("/v1/x", "/v1"));
    CHECK(lies_below("/v1/x", "/v1/"));
    CHECK(lies_below("/anything", "/"));
    CHECK(lies_below("/x", ""));
    CHECK_FALSE(lies_below("/v1", "/v1/"));
    CHECK_FALSE(lies_below("/v10", "/v1"));
    CHECK_FALSE(lies_below("/v", "/v1"));
    CHECK_FALSE(lies_below("/V1", "/v1"));
}

TEST_CASE("in forward mode a declared destination is known by host, port and TLS") {
    const Map map;
    CHECK(map.forward("https", "one.example") == "one");
    CHECK(map.forward("https", "one.example:443") == "one");
    CHECK(map.forward("https", "one.example.") == "one");
    CHECK(map.forward("http", "two.example:8080") == "two");
    CHECK(map.forward("https", "[2001:db8::1]") == "six");
    CHECK(map.forward("", "one.example:443", "CONNECT") == "one");
    // Inside a tunnel may be anything.
    CHECK(map.forward("", "two.example:8080", "CONNECT") == "two");
}

TEST_CASE("another port, another scheme or another name is undeclared, and its standing unknown") {
    const Map map;
    CHECK(map.forward("https", "one.example:8443") == "tls one.example 8443");
    CHECK(map.forward("http", "one.example") == "tcp one.example 80");
    CHECK(map.forward("http", "one.example:443") == "tcp one.example 443");
    CHECK(map.forward("https", "two.example:8080") == "tls two.example 8080");
    CHECK(map.forward("http", "two.example") == "tcp two.example 80");
    CHECK(map.forward("https", "sub.one.example") == "tls sub.one.example 443");
    CHECK(map.forward("", "unknown.example:22", "CONNECT") == "tcp unknown.example 22");
    const auto found = map.derive(2, "GET", "unknown.example", "/", "https", true);
    const auto& unknown = *found->destinations[0];
    CHECK_FALSE(unknown.allow_private_address);
    CHECK_FALSE(unknown.forward_credentials);
    CHECK_FALSE(unknown.credential);
    CHECK(unknown.kind == DestinationKind::data);
    CHECK(unknown.laws.size() == binding_laws(*map.snapshot->atlas, Standing::unknown(*map.snapshot->atlas)).size());
}

TEST_CASE("a forward proxy wants a whole URL, and an authority that can be read") {
    const Map map;
    CHECK(map.derive(2, "GET", "one.example", "/", "https", false).error().code == Code::no_route);
    for (auto authority : {"", "a b", "one.example:0", "one.example:99999", "user@one.example", "[::1"}) {
        INFO(authority);
        CHECK(map.derive(2, "GET", authority, "/", "https", true).has_error());
        CHECK(map.derive(0, "GET", authority, "/v1").has_error());
    }
}
