#include "tests/support/rivals.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "tests/support/peers.hpp"

namespace bordergate::testing {

namespace {

/// The path of a program, also where only root looks for it; empty if it is not installed.
std::string find_program(const std::string& program) {
    const char* path = std::getenv("PATH");
    std::istringstream folders(std::string(path ? path : "") + ":/usr/sbin:/usr/bin");
    for (std::string folder; std::getline(folders, folder, ':');)
        if (const auto whole = folder + "/" + program; !folder.empty() && ::access(whole.c_str(), X_OK) == 0) return whole;
    return {};
}

std::string local(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

using Arguments = std::vector<std::string>;

Arguments nginx(const Rival& rival, const std::string& program, std::uint16_t upstream) {
    const auto& folder = *rival.folder;
    folder.write("nginx.conf", "daemon off;\nmaster_process off;\npid " + folder.path("pid") + ";\nerror_log " + folder.path("error.log") +
                                   " crit;\nevents { worker_connections 512; }\nhttp {\n  access_log off;\n  client_body_temp_path " + folder.path("body") +
                                   ";\n  proxy_temp_path " + folder.path("proxy") + ";\n  proxy_http_version 1.1;\n  proxy_set_header Connection \"\";\n" +
                                   "  client_header_timeout 1s;\n  client_body_timeout 1s;\n  proxy_read_timeout 1s;\n  keepalive_timeout 1s;\n  lingering_close off;\n  server {\n    listen " +
                                   local(rival.h1) + ";\n    listen " + local(*rival.h2) + " http2;\n    location / { proxy_pass http://" + local(upstream) + "; }\n  }\n}\n");
    return {program, "-e", folder.path("error.log"), "-c", folder.path("nginx.conf"), "-p", folder.root()};
}

Arguments haproxy(const Rival& rival, const std::string& program, std::uint16_t upstream) {
    rival.folder->write("haproxy.cfg", "global\n  maxconn 512\ndefaults\n  mode http\n  timeout connect 1s\n  timeout client 1s\n  timeout server 1s\n  timeout http-request 1s\n"
                                       "frontend front\n  bind " + local(rival.h1) + "\n  bind " + local(*rival.h2) +
                                       " proto h2\n  default_backend back\nbackend back\n  server one " + local(upstream) + "\n");
    return {program, "-db", "-q", "-f", rival.folder->path("haproxy.cfg")};
}

/// Its whole layout stands in the folder; it keeps the user that starts it, and neither cache nor log.
Arguments traffic_server(const Rival& rival, const std::string& program, std::uint16_t upstream) {
    const auto& folder = *rival.folder;
    std::string layout = "prefix: " + folder.root() + "\nexec_prefix: " + folder.root() + "\nbindir: /usr/bin\nsbindir: /usr/bin\n";
    for (const std::string name : {"sysconf", "data", "include", "lib", "libexec", "localstate", "runtime", "log", "man", "info", "cache"}) {
        std::filesystem::create_directory(folder.path(name));
        layout += name + "dir: " + folder.path(name) + "\n";
    }
    folder.write("runroot.yaml", layout);
    std::string records = "CONFIG proxy.config.admin.user_id STRING #-1\nCONFIG proxy.config.crash_log_helper STRING NULL\n"
                          "CONFIG proxy.config.exec_thread.autoconfig INT 0\nCONFIG proxy.config.exec_thread.limit INT 1\n"
                          "CONFIG proxy.config.http.cache.http INT 0\nCONFIG proxy.config.log.logging_enabled INT 0\nCONFIG proxy.config.http.server_ports STRING " +
                          std::to_string(rival.h1) + ":ip-in=127.0.0.1 " + std::to_string(*rival.h2) + ":ip-in=127.0.0.1:proto=http2\n";
    for (const std::string patience : {"http.keep_alive_no_activity_timeout_in", "http.transaction_no_activity_timeout_in", "http.transaction_no_activity_timeout_out",
                                       "http.accept_no_activity_timeout", "http2.no_activity_timeout_in"})
        records += "CONFIG proxy.config." + patience + " INT 1\n";
    folder.write("sysconf/records.config", records);
    folder.write("sysconf/remap.config", "map / http://" + local(upstream) + "/\n");
    folder.write("sysconf/storage.config", folder.path("cache") + " 16M\n");
    folder.write("sysconf/ip_allow.yaml", "ip_allow:\n  - {apply: in, ip_addrs: 127.0.0.1, action: allow, methods: ALL}\n");
    // It tells every start where its layout is.
    return {"sh", "-c", "exec \"$@\" >\"$0\" 2>&1", folder.path("log/out"), program, "--run-root=" + folder.root()};
}

Arguments mitmproxy(const Rival& rival, const std::string& program, std::uint16_t upstream) {
    return {program, "-q", "--listen-host", "127.0.0.1", "--listen-port", std::to_string(rival.h1), "--set", "confdir=" + rival.folder->root(),
            "--mode", "reverse:http://" + local(upstream)};
}

/// Whether it answers before ten seconds are over.
bool answers(std::uint16_t port) {
    for (int tries = 0; tries < 1000; ++tries) {
        Connection probe(port);
        if (probe.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") && probe.head().starts_with("HTTP/1.1 200")) return true;
        ::usleep(10'000);
    }
    return false;
}

}  // namespace

std::vector<Rival> start_rivals(std::uint16_t upstream) {
    struct Kind {
        const char* name;
        const char* program;
        bool h2;
        Arguments (*prepare)(const Rival&, const std::string&, std::uint16_t);
    };
    constexpr Kind kinds[]{{"nginx", "nginx", true, nginx},
                           {"HAProxy", "haproxy", true, haproxy},
                           {"Traffic Server", "traffic_server", true, traffic_server},
                           {"mitmproxy", "mitmdump", false, mitmproxy}};
    std::vector<Rival> rivals;
    // All of them start at once, for one of them takes a second.
    for (const auto& kind : kinds) {
        const auto program = find_program(kind.program);
        if (program.empty()) {
            WARN(kind.name << " is not installed: its column is left out");
            continue;
        }
        auto& rival = rivals.emplace_back();
        rival.name = kind.name;
        rival.h1 = free_port();
        if (kind.h2) rival.h2 = free_port();
        rival.folder = std::make_unique<Folder>();
        rival.process = std::make_unique<Process>(kind.prepare(rival, program, upstream));
    }
    std::erase_if(rivals, [](const Rival& rival) {
        if (answers(rival.h1)) return false;
        WARN(rival.name << " did not start: its column is left out");
        return true;
    });
    return rivals;
}

}  // namespace bordergate::testing
