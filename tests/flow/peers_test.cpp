// nginx and HAProxy as they are, behind the sidecar and in front of it: what they say is understood, and what they
// are told is whole.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <random>
#include <set>
#include <sstream>

#include "tests/support/gate.hpp"
#include "tests/support/peers.hpp"

using namespace bordergate::testing;
using Catch::Contains;

namespace {

/// Where `program` is, also where the path of ordinary users does not lead; says so and is empty if nowhere.
std::string find_program(const std::string& program) {
    const std::string system = "/usr/sbin/" + program;
    if (::access(system.c_str(), X_OK) == 0) return system;
    return have_program(program) ? program : std::string();
}

bool accepts(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool connected = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    return connected;
}

/// A program that serves on a port of its own, with its configuration in a folder of its own.
class Peer {
  public:
    std::uint16_t port() const { return port_; }
    const Folder& folder() const { return folder_; }

  protected:
    void start(std::vector<std::string> arguments) {
        process_ = std::make_unique<Process>(std::move(arguments));
        for (int tries = 0; tries < 500; ++tries) {
            if (accepts(port_)) return;
            ::usleep(10'000);
        }
        FAIL("the peer did not start");
    }
    Folder folder_;
    std::uint16_t port_ = free_port();

  private:
    std::unique_ptr<Process> process_;
};

/// nginx with `server` as the lines of its one server; files stand in `www/`.
class Nginx : public Peer {
  public:
    Nginx(const std::string& program, const std::string& server) {
        for (auto name : {"www", "body", "proxy"}) ::mkdir(folder_.path(name).c_str(), 0700);
        folder_.write(
            "nginx.conf",
            "daemon off;\nmaster_process off;\nworker_processes 1;\npid " + folder_.path("pid") + ";\nerror_log " +
                folder_.path("error.log") + ";\nevents { worker_connections 64; }\nhttp {\n" +
                "  log_format plain '$connection $request_method $uri $status';\n  access_log " +
                folder_.path("access.log") + " plain;\n  client_body_temp_path " + folder_.path("body") +
                ";\n  proxy_temp_path " + folder_.path("proxy") + ";\n  client_max_body_size 0;\n" +
                "  proxy_http_version 1.1;\n  proxy_set_header Connection \"\";\n  server {\n    listen 127.0.0.1:" +
                std::to_string(port_) + ";\n    root " + folder_.path("www") + ";\n" + server + "  }\n}\n");
        start({program, "-e", folder_.path("error.log"), "-c", folder_.path("nginx.conf"), "-p", folder_.root()});
    }
    /// "N requests over N connections", once that many requests are in its log: it logs after it has answered.
    std::string served(std::size_t expected) const {
        std::set<std::string> connections;
        std::size_t requests = 0;
        for (int tries = 0; tries < 500 && requests < expected; ++tries) {
            if (tries > 0) ::usleep(10'000);
            requests = 0;
            std::istringstream log(read_file(folder_.path("access.log")));
            for (std::string line; std::getline(log, line); ++requests)
                connections.insert(line.substr(0, line.find(' ')));
        }
        return std::to_string(requests) + " requests over " + std::to_string(connections.size()) + " connections";
    }
};

/// HAProxy in front of `server`, an address with the options of a server line.
class Haproxy : public Peer {
  public:
    Haproxy(const std::string& program, const std::string& server) {
        folder_.write("haproxy.cfg",
                      "global\n  maxconn 64\ndefaults\n  mode http\n  timeout connect 5s\n  timeout client 20s\n  "
                      "timeout server 20s\n"
                      "frontend front\n  bind 127.0.0.1:" +
                          std::to_string(port_) +
                          "\n  default_backend back\nbackend back\n  http-reuse always\n  server one " + server + "\n");
        start({program, "-db", "-q", "-f", folder_.path("haproxy.cfg")});
    }
};

std::string local(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

GateSettings towards(std::uint16_t port) {
    GateSettings settings;
    settings.destination_url = "http://" + local(port);
    return settings;
}

std::string noise(std::size_t size) {
    std::mt19937_64 random(7);
    std::string bytes(size, '\0');
    for (auto& c : bytes) c = static_cast<char>(random());
    return bytes;
}

/// Answers every request with its own body.
void echo(Connection& connection) {
    for (;;) {
        const auto message = connection.message();
        if (message.empty()) return;
        const auto body = body_of(message);
        connection.send("HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: " +
                        std::to_string(body.size()) + "\r\n\r\n" + body);
    }
}

constexpr std::size_t ten_megabytes = 10'000'000;

/// curl sends ten megabytes and takes them back; `more` are further arguments.
void check_ten_megabytes(std::uint16_t port, std::vector<std::string> more = {}) {
    const Folder folder;
    const auto body = noise(ten_megabytes);
    folder.write("sent", body);
    std::vector<std::string> arguments{"curl",
                                       "-sS",
                                       "--max-time",
                                       "30",
                                       "-H",
                                       "Authorization: Bearer secret",
                                       "-H",
                                       "Content-Type: application/octet-stream",
                                       "--data-binary",
                                       "@" + folder.path("sent"),
                                       "-o",
                                       folder.path("got"),
                                       "-w",
                                       "%{http_code}\n"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.push_back("http://" + local(port) + "/echo");
    const auto done = run_program(std::move(arguments));
    CHECK(done.code == 0);
    CHECK(done.out == "200\n");
    CHECK((read_file(folder.path("got")) == body));
}

}  // namespace

TEST_CASE("nginx serves many requests over one connection, answers with length, in chunks and without a body") {
    const auto program = find_program("nginx");
    if (program.empty()) return;
    Nginx nginx(program, "    location /chunked { ssi on; ssi_types *; }\n    location /none { return 204; }\n");
    const std::string text(100'000, 'n');
    nginx.folder().write("www/plain.txt", text);
    nginx.folder().write("www/chunked.txt", text);
    Gate gate(towards(nginx.port()));
    Connection client(gate.port());
    for (int i = 0; i < 5; ++i) {
        client.send(request("GET", "/plain.txt"));
        const auto plain = client.message();
        CHECK_THAT(plain.substr(0, 15), Catch::StartsWith("HTTP/1.1 200"));
        CHECK((body_of(plain) == text));
        client.send(request("GET", "/chunked.txt"));
        const auto chunked = client.message();
        CHECK(chunked.substr(0, chunked.find("\r\n\r\n")).find("chunked") != std::string::npos);
        CHECK((body_of(chunked) == text));
        client.send(request("HEAD", "/plain.txt"));
        CHECK_THAT(client.head(), Catch::StartsWith("HTTP/1.1 200"));
        client.send(request("GET", "/none"));
        CHECK_THAT(client.head(), Catch::StartsWith("HTTP/1.1 204"));
        client.send(request("GET", "/missing"));
        CHECK_THAT(client.message(), Catch::StartsWith("HTTP/1.1 404") && Contains("nginx"));
    }
    CHECK(nginx.served(25) == "25 requests over 1 connections");
}

TEST_CASE("an nginx that ends its connections after a few requests costs no request") {
    const auto program = find_program("nginx");
    if (program.empty()) return;
    Upstream upstream(echo);
    Nginx nginx(program,
                "    keepalive_requests 3;\n    location / { proxy_pass http://" + local(upstream.port()) + "; }\n");
    Gate gate(towards(nginx.port()));
    Connection client(gate.port());
    for (int i = 0; i < 30; ++i) {
        const auto body = "body " + std::to_string(i);
        client.send(request("POST", "/echo", body, "text/plain"));
        const auto answer = client.message();
        CHECK_THAT(answer, Catch::StartsWith("HTTP/1.1 200"));
        CHECK(body_of(answer) == body);
    }
    CHECK(nginx.served(30) == "30 requests over 10 connections");
}

TEST_CASE("requests that are pipelined come back from nginx in order, whatever their framing") {
    const auto program = find_program("nginx");
    if (program.empty()) return;
    Upstream upstream(echo);
    Nginx nginx(program, "    location /echo { proxy_pass http://" + local(upstream.port()) +
                             "; }\n    location /chunked { ssi on; ssi_types *; }\n");
    nginx.folder().write("www/chunked.txt", "from a file");
    Gate gate(towards(nginx.port()));
    Connection client(gate.port());
    const std::string chunked =
        "POST /echo HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\nContent-Type: text/plain\r\n"
        "Transfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n1\r\n!\r\n0\r\n\r\n";
    client.send(request("POST", "/echo", "one", "text/plain") + chunked + request("GET", "/chunked.txt") +
                request("POST", "/echo", "four", "text/plain"));
    for (auto body : {"one", "two!", "from a file", "four"}) CHECK(body_of(client.message()) == body);
}

TEST_CASE("ten megabytes go through nginx and HAProxy behind the sidecar and come back unchanged") {
    const auto nginx_program = find_program("nginx"), haproxy_program = find_program("haproxy");
    if (nginx_program.empty() || haproxy_program.empty() || !have_program("curl")) return;
    Upstream upstream(echo);
    {
        Nginx nginx(nginx_program, "    location / { proxy_pass http://" + local(upstream.port()) + "; }\n");
        Gate gate(towards(nginx.port()));
        check_ten_megabytes(gate.port());
        check_ten_megabytes(gate.port(), {"-H", "Transfer-Encoding: chunked"});
        CHECK(gate.recorded("\"bytes_out\":" + std::to_string(ten_megabytes)));
    }
    Haproxy haproxy(haproxy_program, local(upstream.port()));
    Gate gate(towards(haproxy.port()));
    check_ten_megabytes(gate.port());
    check_ten_megabytes(gate.port(), {"-H", "Transfer-Encoding: chunked"});
}

TEST_CASE("behind HAProxy and nginx as front peers the sidecar takes and gives ten megabytes unchanged") {
    const auto nginx_program = find_program("nginx"), haproxy_program = find_program("haproxy");
    if (nginx_program.empty() || haproxy_program.empty() || !have_program("curl")) return;
    Upstream upstream(echo);
    Gate gate(towards(upstream.port()));
    Haproxy haproxy(haproxy_program, local(gate.port()));
    check_ten_megabytes(haproxy.port());
    check_ten_megabytes(haproxy.port(), {"-H", "Transfer-Encoding: chunked"});
    Nginx nginx(nginx_program,
                "    proxy_request_buffering off;\n    location / { proxy_pass http://" + local(gate.port()) + "; }\n");
    check_ten_megabytes(nginx.port());
    check_ten_megabytes(nginx.port(), {"-H", "Transfer-Encoding: chunked"});
}

TEST_CASE("through HAProxy pipelined requests are answered in order, and a refusal leaves its connection usable") {
    const auto program = find_program("haproxy");
    if (program.empty()) return;
    Upstream upstream(echo);
    Gate gate(towards(upstream.port()));
    Haproxy haproxy(program, local(gate.port()));
    Connection client(haproxy.port());
    client.send(request("POST", "/a", "one", "text/plain") + request("POST", "/b", "two", "text/plain") +
                request("POST", "/c", "three", "text/plain"));
    for (auto body : {"one", "two", "three"}) CHECK(body_of(client.message()) == body);
    client.send("GET /stranger HTTP/1.1\r\nHost: gate\r\n\r\n");
    CHECK_THAT(client.message(), Catch::StartsWith("HTTP/1.1 401") && Contains("bordergate-code: source_unknown"));
    client.send(request("POST", "/d", "four", "text/plain"));
    CHECK(body_of(client.message()) == "four");
    CHECK(upstream.accepted() == 1);
}

TEST_CASE("a PROXY line that nobody asked for is refused and goes nowhere") {
    const auto program = find_program("haproxy");
    if (program.empty()) return;
    Upstream upstream(echo);
    Gate gate(towards(upstream.port()));
    for (auto option : {" send-proxy", " send-proxy-v2"}) {
        Haproxy haproxy(program, local(gate.port()) + option);
        Connection client(haproxy.port());
        client.send(request("POST", "/a", "one", "text/plain"));
        const auto answer = client.message();
        CHECK_THAT(answer, Catch::StartsWith("HTTP/1.1 400") || Catch::StartsWith("HTTP/1.1 502"));
    }
    CHECK(upstream.accepted() == 0);
    CHECK_THAT(gate.records(), !Contains("\"kind\":\"intent\""));
}

TEST_CASE("curl waits for 100 Continue, and is given it directly and through front peers") {
    const auto program = find_program("haproxy");
    if (program.empty() || !have_program("curl")) return;
    Upstream upstream(echo);
    Gate gate(towards(upstream.port()));
    Haproxy haproxy(program, local(gate.port()));
    // curl would wait longer for it than the whole may take.
    for (auto port : {gate.port(), haproxy.port()})
        check_ten_megabytes(port, {"-H", "Expect: 100-continue", "--expect100-timeout", "60", "--max-time", "20"});
    // A stranger is told at once and sends nothing.
    const auto refused = run_program({"curl", "-sS", "--max-time", "20", "--expect100-timeout", "60", "-H",
                                      "Expect: 100-continue", "--data-binary", "body", "-o", "/dev/null", "-w",
                                      "%{http_code} %{size_upload}\n", "http://" + local(gate.port()) + "/x"});
    CHECK(refused.out == "401 0\n");
}
