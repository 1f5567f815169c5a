// A changed configuration takes over whole, without a dropped connection, or not at all.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "tests/support/gate.hpp"
#include "tests/support/peers.hpp"

using namespace bordergate::testing;
using Catch::Contains;

namespace {

constexpr const char* closed_rules = R"(  - {id: nothing-out, limit: refuse, data: personal, from: EEA, to: US}
  - {id: plain-out, permit: clear, data: plain, from: EEA, to: US}
  - {id: all-back, permit: clear, data: [plain, opaque, personal, financial, credential], from: US, to: EEA}
)";

/// The configuration that the gate runs with, with one text put for another.
void rewrite(const Gate& gate, const std::string& from, const std::string& to) {
    auto text = read_file(gate.folder().path("gate.yaml"));
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
    gate.folder().write("gate.yaml", text);
}

std::string rules_of(const Gate& gate) {
    const auto text = read_file(gate.folder().path("gate.yaml"));
    const auto at = text.find("rules:\n") + 7;
    return text.substr(at, text.find("reload:", at) - at);
}

void answer(Connection& connection) {
    while (!connection.message().empty()) connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello");
}

GateSettings reloading(const Upstream& upstream, const std::string& reload = "{grace: 1s, watch: false}") {
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
    settings.more = "reload: " + reload + "\n";
    return settings;
}

const std::string personal = request("POST", "/v1/x", "mail ann@example.org", "text/plain");

}  // namespace

TEST_CASE("SIGHUP puts other rules to use for the next request of an open connection; a bad file changes nothing") {
    Upstream upstream(answer);
    Gate gate(reloading(upstream));
    Connection client(gate.port());
    client.send(personal);
    CHECK_THAT(client.message(), Contains("200 OK"));
    const auto open_rules = rules_of(gate);
    rewrite(gate, open_rules, closed_rules);
    gate.process().signal(SIGHUP);
    REQUIRE(gate.recorded("takes over"));
    client.send(personal);
    CHECK_THAT(client.message(), Contains("403") && Contains("bordergate-rule: nothing-out"));
    rewrite(gate, "nothing-out, limit: refuse", "nothing-out, limit: refuze");
    gate.process().signal(SIGHUP);
    REQUIRE(gate.recorded("a changed configuration was refused"));
    client.send(personal);
    CHECK_THAT(client.message(), Contains("403"));
    rewrite(gate, "workers: 1", "workers: 2");
    rewrite(gate, "refuze", "refuse");
    gate.process().signal(SIGHUP);
    client.send(request("GET", "/v1/x"));
    CHECK_THAT(client.message(), Contains("200 OK"));
}

TEST_CASE("a changed file is taken without a signal") {
    Upstream upstream(answer);
    Gate gate(reloading(upstream, "{watch: true}"));
    rewrite(gate, rules_of(gate), closed_rules);
    REQUIRE(gate.recorded("takes over"));
    Connection client(gate.port());
    client.send(personal);
    CHECK_THAT(client.message(), Contains("403"));
}

TEST_CASE("a stream that the rules no longer allow is cut when its grace is over, and recorded; one that they allow goes on") {
    std::atomic<bool> end{false};
    Upstream upstream([&end](Connection& connection) {
        connection.message();
        connection.send("HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 1000 && !end; ++i) {
            connection.send("4\r\ntick\r\n");
            ::usleep(10'000);
        }
        connection.send("0\r\n\r\n");
    });
    Gate gate(reloading(upstream));
    Connection client(gate.port());
    client.send(request("POST", "/v1/x", "opaque bytes", "application/octet-stream"));
    CHECK_THAT(client.head(), Contains("200 OK"));
    rewrite(gate, "id: all-clear", "id: renamed");  // nothing is stricter
    gate.process().signal(SIGHUP);
    REQUIRE(gate.recorded("takes over"));
    client.exactly(4000);  // far beyond the grace of one second
    rewrite(gate, rules_of(gate), closed_rules);
    gate.process().signal(SIGHUP);
    CHECK_THAT(client.all(), !Contains("\r\n0\r\n"));
    CHECK(gate.recorded("\"code\":\"policy_changed\""));
    CHECK(gate.recorded("\"verdict\":\"cut\""));
    end = true;
}

TEST_CASE("listeners come and go with the configuration, and those that stay lose nobody") {
    Upstream upstream(answer);
    auto settings = reloading(upstream);
    settings.listener_more = "";
    Gate gate(settings);
    Connection client(gate.port());
    const auto port = std::to_string(free_port());
    rewrite(gate, "  - {name: egress, address: \"127.0.0.1:0\", mode: forward}\n", "  - {name: second, address: \"127.0.0.1:" + port + "\", mode: reverse}\n");
    rewrite(gate, "listener: sidecar, ", "");
    gate.process().signal(SIGHUP);
    REQUIRE(gate.recorded("takes over"));
    Connection other(static_cast<std::uint16_t>(std::stoi(port)));
    for (auto* one : {&client, &other}) {
        one->send(request("GET", "/v1/x"));
        CHECK_THAT(one->message(), Contains("200 OK"));
    }
}

TEST_CASE("a listening socket is handed over to the next process without a refused connection") {
    if (!have_program("bash")) return;
    Upstream upstream(answer);
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener, 128) == 0);
    socklen_t size = sizeof address;
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    const auto port = ntohs(address.sin_port);
    Gate model(reloading(upstream));  // for its configuration
    Folder folder;
    auto text = read_file(model.folder().path("gate.yaml"));
    const auto start = [&](const std::string& name) {
        auto mine = text;
        mine.replace(mine.find("./audit"), 7, "./audit-" + name);
        folder.write(name + ".yaml", mine);
        auto process = std::make_unique<Process>(std::vector<std::string>{
            "bash", "-c", "exec 3<&" + std::to_string(listener) + "; export LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=sidecar; exec " + Gate::binary() + " run " + folder.path(name + ".yaml")});
        while (auto line = process->line())
            if (*line == "ready") return process;
        FAIL("the process did not start");
        return process;
    };
    auto old_one = start("old");
    std::atomic<bool> stop{false};
    std::atomic<int> served{0}, lost{0};
    std::thread crowd([&] {
        while (!stop) {
            Connection client(port);
            client.send("GET /v1/x HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\nConnection: close\r\n\r\n");
            (client.all().find("200 OK") != std::string::npos ? served : lost)++;
        }
    });
    while (served < 50) ::usleep(1000);
    auto new_one = start("new");
    old_one->signal(SIGTERM);
    CHECK(old_one->wait() == 0);
    const int before = served;
    while (served < before + 50) ::usleep(1000);
    stop = true;
    crowd.join();
    CHECK(lost == 0);
    ::close(listener);
}

TEST_CASE("an inherited descriptor that does not listen is told of, and the listener opens its own") {
    if (!have_program("bash")) return;
    Upstream upstream(answer);
    Gate model(reloading(upstream));
    Folder folder;
    auto text = read_file(model.folder().path("gate.yaml"));
    text.replace(text.find("./audit"), 7, "./audit-own");
    folder.write("gate.yaml", text);
    Process process({"bash", "-c", "exec 3</dev/null; export LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=sidecar; exec " + Gate::binary() + " run " + folder.path("gate.yaml") + " 2>&1"});
    std::string said;
    while (auto line = process.line()) {
        said += *line + "\n";
        if (*line == "ready") break;
    }
    CHECK_THAT(said, Contains("socket_unusable") && Contains("descriptor 3 (sidecar)") && Contains("listening sidecar 127.0.0.1:"));
    process.signal(SIGTERM);
    CHECK(process.wait() == 0);
}
