// Clients that prove themselves by certificate, and a reload after which their authority is not believed any more: what is
// under way ends well, and nobody goes on as who he was, over HTTP/1.1 or HTTP/2, with curl and openssl as clients.
#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <thread>

#include "tests/support/asking.hpp"
#include "tests/support/certificates.hpp"

using namespace bordergate::testing;
using Catch::Contains;

namespace {

/// Answers; where the path says /held, when it is let.
struct Answering {
    std::atomic<int> held{0};
    std::atomic<bool> free{false};
    Upstream upstream{[this](Connection& connection) {
        for (auto text = connection.message(); !text.empty(); text = connection.message()) {
            if (text.find("/v1/held") != std::string::npos) {
                ++held;
                soon([this] { return free.load(); });
            }
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello");
        }
    }};
};

/// Two authorities that each know the ward, and a gate that believes the one of which `trusted.pem` is a copy.
struct Clinic {
    Folder folder;
    Authority authority{folder}, later{folder, "later"};
    Answering far;
    std::unique_ptr<Gate> gate;

    Clinic() {
        authority.issue("gate", "subjectAltName=DNS:gate.example\n");
        authority.issue("ward", "subjectAltName=URI:spiffe://clinic/ward\n");
        later.issue("newward", "subjectAltName=URI:spiffe://clinic/ward\n");
        folder.write("trusted.pem", read_file(folder.path("ca.pem")));
        GateSettings settings;
        settings.destination_url = url(far.upstream.port());
        settings.listener_more = "    tls: {" + shown_certificate(folder, "gate") + ", require_client_certificate: true, client_ca: " + folder.path("trusted.pem") + "}\n";
        settings.source_match = "spiffe_id: \"spiffe://clinic/ward\"";
        settings.more = "reload: {grace: 60s, watch: false}\n";
        gate = std::make_unique<Gate>(settings);
    }
    /// Reloads, after the file of the authorities holds those of `ca` and no others.
    void believe(const std::string& ca) {
        folder.write("trusted.pem", read_file(folder.path(ca)));
        reload();
    }
    void reload() {
        const auto before = count(gate->records(), "takes over");
        gate->process().signal(SIGHUP);
        REQUIRE(soon([&] { return count(gate->records(), "takes over") > before; }));
    }
    std::string shown(const std::string& who) const { return " -cert " + folder.path(who + ".pem") + " -key " + folder.path(who + ".key"); }
    std::string address() const { return "https://gate.example:" + std::to_string(gate->port()); }

    /// curl as `who`, one request after the other; says of each its status and how many connections it took.
    std::vector<std::string> curl(const std::string& who, const std::string& version, const std::vector<std::string>& paths) const {
        std::vector<std::string> line{"curl", "-s", version, "--max-time", "20", "--cacert", folder.path("ca.pem"), "--cert", folder.path(who + ".pem"), "--key", folder.path(who + ".key"),
                                      "--resolve", "gate.example:" + std::to_string(gate->port()) + ":127.0.0.1", "-w", "%{http_code} %{num_connects}\n"};
        for (const auto& path : paths) line.insert(line.end(), {"-o", "/dev/null", address() + path});
        return line;
    }
};

/// `openssl s_client` that stays connected; what is written to `said` goes to the gate.
class Staying {
  public:
    Staying(const Clinic& clinic, const std::string& options) : path_(clinic.folder.path("fifo" + std::to_string(++made_))) {
        shell("mkfifo " + path_);
        process_ = std::make_unique<Process>(std::vector<std::string>{"sh", "-c", "exec 3<>" + path_ + "; exec timeout 30 openssl s_client -quiet -servername gate.example -connect 127.0.0.1:" +
                                                                                      std::to_string(clinic.gate->port()) + " " + options + " <&3 2>/dev/null"});
    }
    void say(const std::string& bytes) const { std::ofstream(path_, std::ios::binary) << bytes << std::flush; }
    Process& process() { return *process_; }

  private:
    static inline int made_ = 0;
    std::string path_;
    std::unique_ptr<Process> process_;
};

const std::string plain = "GET /v1/x HTTP/1.1\r\nHost: gate\r\n\r\n";

}  // namespace

TEST_CASE("a connection that waits for its next request ends when its client's authority is not believed any more") {
    if (!have_program("openssl")) return;
    Clinic clinic;
    Staying client(clinic, clinic.shown("ward"));
    client.say(plain);
    while (auto line = client.process().line())
        if (line->find("hello") != std::string::npos || line->empty() || *line == "\r") break;
    // A reload that changes nothing of it disturbs nobody.
    clinic.reload();
    client.say(plain);
    REQUIRE(soon([&] { return count(clinic.gate->records(), "\"kind\":\"outcome\"") == 2; }));
    clinic.believe("later.pem");
    CHECK(count(client.process().rest(), "HTTP/1.1 200 OK") == 1);  // of the second; it ends by itself
    CHECK(client.process().wait() == 0);
    CHECK(count(clinic.gate->records(), "\"kind\":\"intent\"") == 2);
    CHECK_THAT(s_client(clinic.gate->port(), "-servername gate.example" + clinic.shown("ward")), !Contains("hello"));
    CHECK_THAT(s_client(clinic.gate->port(), "-servername gate.example" + clinic.shown("newward")), Contains("hello"));
}

TEST_CASE("a request under way is answered although its client's authority went, and the next one has to prove itself anew") {
    if (!have_program("openssl") || !have_program("curl")) return;
    for (const std::string version : {"--http1.1", "--http2"}) {
        INFO(version);
        Clinic clinic;
        const auto twice = run_program(clinic.curl("ward", version, {"/v1/x", "/v1/x"}));
        CHECK(twice.out == "200 1\n200 0\n");  // the connection is kept
        const auto answered = count(clinic.gate->records(), "\"kind\":\"intent\"");
        Process client(clinic.curl("ward", version, {"/v1/held", "/v1/x"}));
        REQUIRE(soon([&] { return clinic.far.held == 1; }));
        clinic.believe("later.pem");
        clinic.far.free = true;
        const auto said = client.rest();
        CHECK_THAT(said, Catch::StartsWith("200 1\n000 "));  // the first is answered, the second finds no one who believes it
        CHECK(client.wait() != 0);
        CHECK(count(clinic.gate->records(), "\"kind\":\"intent\"") == answered + 1);
        CHECK(run_program(clinic.curl("newward", version, {"/v1/x"})).out == "200 1\n");
    }
}

TEST_CASE("over HTTP/2 a silent connection is told to go and closed when its client's authority is not believed any more") {
    if (!have_program("openssl")) return;
    Clinic clinic;
    const std::string settings("\0\0\0\4\0\0\0\0\0", 9);
    // GET, https, gate, /v1/x (RFC 7541, appendix A), and no more.
    const std::string headers("\0\0\x0f\1\5\0\0\0\1\x82\x87\1\4gate\4\5/v1/x", 24);
    Staying client(clinic, "-alpn h2" + clinic.shown("ward"));
    client.say("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings);
    client.say(headers);
    REQUIRE(clinic.gate->recorded("\"kind\":\"outcome\""));
    clinic.believe("later.pem");
    const auto said = client.process().rest();  // it ends by itself
    CHECK_THAT(said, Contains("hello"));
    // GOAWAY twice (RFC 9113, 6.8): the notice, and then the last stream that was taken. No error.
    CHECK_THAT(said, Contains(std::string("\0\0\x8\7\0\0\0\0\0\x7f\xff\xff\xff\0\0\0\0", 17)) && Contains(std::string("\0\0\x8\7\0\0\0\0\0\0\0\0\1\0\0\0\0", 17)));
    CHECK(client.process().wait() == 0);
}

TEST_CASE("who was about to prove himself when the authorities changed is not let in by those of before") {
    if (!have_program("openssl")) return;
    Clinic clinic;
    // What a client sends until its Finished is held back here, as a slow network does.
    std::atomic<bool> pass{false};
    std::atomic<int> through{0};
    Upstream between([&](Connection& client) {
        Connection gate(clinic.gate->port());
        gate.send(client.some());  // ClientHello
        client.send(gate.some());
        auto proof = client.some();
        ++through;
        soon([&] { return pass.load(); });
        gate.send(proof);
        std::thread back([&] {
            for (auto bytes = gate.some(); !bytes.empty(); bytes = gate.some()) client.send(bytes);
            client.finish();
        });
        for (auto bytes = client.some(); !bytes.empty(); bytes = client.some()) gate.send(bytes);
        gate.finish();
        back.join();
    });
    std::string said;
    std::thread client([&] { said = s_client(between.port(), "-servername gate.example" + clinic.shown("ward")); });
    const bool came = soon([&] { return through == 1; });
    if (came) clinic.believe("later.pem");
    pass = true;
    client.join();
    REQUIRE(came);
    CHECK_THAT(said, !Contains("hello"));
    CHECK(count(clinic.gate->records(), "\"kind\":\"intent\"") == 0);
}
