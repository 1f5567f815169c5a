// Names by a real resolver and a name server that does what the test says: answers, none, silence, nonsense, changes.
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "proxy/upstream/resolver.hpp"
#include "tests/support/gate.hpp"
#include "tests/support/name_server.hpp"
#include "tests/support/peers.hpp"

using namespace bordergate;
using namespace bordergate::testing;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

/// What the resolver makes of `host`: its addresses and their time, or the code of a fault.
std::string resolved(NameServer& server, std::string host) {
    boost::asio::io_context io;
    DnsSettings settings;
    settings.servers = {server.address()};
    auto resolver = make_resolver(io.get_executor(), settings);
    std::string said = "nothing";
    auto asking = [&]() -> Task<void> {
        const auto found = co_await resolver->resolve(host);
        said.clear();
        if (found.has_error()) {
            said = info(found.error().code).name;
            co_return;
        }
        for (const auto& address : found->addresses) said += address.to_string() + ' ';
        said += std::to_string(found->ttl.count());
    };
    spawn(io, asking, [](std::exception_ptr failure) { CHECK(failure == nullptr); });
    io.run_for(10s);
    return said;
}

void answer(Connection& connection) {
    while (!connection.message().empty()) connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
}

std::string get(Gate& gate) {
    Connection client(gate.port());
    client.send(request("GET", "/v1/x"));
    return client.message();
}

}  // namespace

TEST_CASE("the resolver gives every address and the shortest time, and tells none from no answer") {
    NameServer server;
    server.set("two.test", {"127.0.0.1", "127.0.0.2"}, 7);
    const auto two = resolved(server, "two.test");
    CHECK_THAT(two, Contains("127.0.0.1 ") && Contains("127.0.0.2 ") && Catch::EndsWith(" 7"));
    CHECK(resolved(server, "absent.test") == "0");
    server.set("empty.test", {}, 7);
    CHECK(resolved(server, "empty.test") == "0");
    for (auto manner : {NameServer::Manner::silence, NameServer::Manner::refuse}) {
        server.behave(manner);
        CHECK(resolved(server, "two.test") == "upstream_unreachable");
    }
    // Of an answer that cannot be read, no address is believed.
    for (auto manner : {NameServer::Manner::nonsense, NameServer::Manner::cut_short}) {
        server.behave(manner);
        const auto said = resolved(server, "two.test");
        CHECK((said == "upstream_unreachable" || said == "0"));
    }
}

TEST_CASE("an address that changed is dialled once the old answer's time is over") {
    Upstream first(answer);
    Upstream second(answer, "127.0.0.2", first.port());
    NameServer server;
    server.set("moving.test", {"127.0.0.1"}, 1);
    GateSettings settings;
    settings.destination_url = "http://moving.test:" + std::to_string(first.port());
    settings.more = "dns: {servers: [\"" + server.address() + "\"]}\n";
    Gate gate(settings);
    CHECK_THAT(get(gate), Catch::StartsWith("HTTP/1.1 200"));
    CHECK(second.accepted() == 0);
    server.set("moving.test", {"127.0.0.2"}, 1);
    for (int i = 0; i < 500 && second.accepted() == 0; ++i) {
        CHECK_THAT(get(gate), Catch::StartsWith("HTTP/1.1 200"));
        ::usleep(10'000);
    }
    CHECK(second.accepted() > 0);
    CHECK(gate.recorded("\"address\":\"127.0.0.2:"));
    CHECK(server.asked("moving.test") < 20);
}

TEST_CASE("a name that does not exist, or whose servers are silent or talk nonsense, is refused in time and not asked for again at once") {
    struct Case {
        NameServer::Manner manner;
        const char* status;
    };
    for (const auto& one : {Case{NameServer::Manner::no_such_name, "HTTP/1.1 502"}, Case{NameServer::Manner::nonsense, "HTTP/1.1 502"},
                            Case{NameServer::Manner::silence, "HTTP/1.1 504"}}) {
        NameServer server;
        server.set("gone.test", {"127.0.0.1"}, 60);
        server.behave(one.manner);
        GateSettings settings;
        settings.destination_url = "http://gone.test:1";
        settings.destination_more = "    timeouts: {connect: 300ms}\n";
        settings.more = "dns: {servers: [\"" + server.address() + "\"]}\n";
        Gate gate(settings);
        CHECK_THAT(get(gate), Catch::StartsWith(one.status));
        CHECK_THAT(gate.records(), !Contains("\"kind\":\"intent\""));
        const int asked = server.asked("gone.test");
        (void)get(gate);
        CHECK(server.asked("gone.test") == asked);
    }
}

TEST_CASE("an old answer is not used when no new one can be had, unless dns.stale says so") {
    for (const bool stale : {false, true}) {
        Upstream upstream(answer);
        NameServer server;
        server.set("old.test", {"127.0.0.1"}, 1);
        GateSettings settings;
        settings.destination_url = "http://old.test:" + std::to_string(upstream.port());
        settings.more = "dns: {servers: [\"" + server.address() + "\"]" + std::string(stale ? ", stale: 1h" : "") + "}\n";
        Gate gate(settings);
        CHECK_THAT(get(gate), Catch::StartsWith("HTTP/1.1 200"));
        server.behave(NameServer::Manner::refuse);
        bool failed = false;
        for (int i = 0; i < 200 && !failed; ++i) {
            failed = !Catch::StartsWith("HTTP/1.1 200").match(get(gate));
            ::usleep(10'000);
        }
        CHECK(failed == !stale);
    }
}
