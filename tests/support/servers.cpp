#include "tests/support/servers.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/support/certificates.hpp"
#include "tests/support/peers.hpp"

namespace bordergate::testing {

namespace {

/// Waits until somebody listens there, whatever he speaks.
void await_listener(std::uint16_t port) {
    char entry[32];
    std::snprintf(entry, sizeof entry, ":%04X 00000000:0000 0A", port);
    for (int tries = 0; tries < 1000; ++tries) {
        if (read_file("/proc/net/tcp").find(entry) != std::string::npos) return;
        ::usleep(10'000);
    }
    FAIL("nobody listens on port " << port);
}

}  // namespace

bool have_servers() { return have_program("nginx") && have_program("haproxy") && have_program("curl"); }

Nginx::Nginx(const std::string& listen, const std::string& server) : port_(free_port()) {
    folder_.write("nginx.conf", "daemon off; master_process off; pid " + folder_.path("pid") + "; error_log stderr;\nevents {}\nhttp {\naccess_log off;\n"
                                "client_body_temp_path " + folder_.path("body") + "; proxy_temp_path " + folder_.path("proxy") + "; fastcgi_temp_path " + folder_.path("fastcgi") +
                                "; uwsgi_temp_path " + folder_.path("uwsgi") + "; scgi_temp_path " + folder_.path("scgi") + ";\nserver { listen 127.0.0.1:" +
                                std::to_string(port_) + " " + listen + ";\n" + server + "\n}\n}\n");
    process_ = std::make_unique<Process>(std::vector<std::string>{"nginx", "-c", folder_.path("nginx.conf")});
    await_listener(port_);
}

Haproxy::Haproxy(std::uint16_t before, const std::string& server) : port_(free_port()) {
    folder_.write("haproxy.cfg", "defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 10s\n  timeout server 10s\nfrontend f\n  bind 127.0.0.1:" + std::to_string(port_) +
                                     "\n  default_backend b\nbackend b\n  server s 127.0.0.1:" + std::to_string(before) + " " + server + "\n");
    process_ = std::make_unique<Process>(std::vector<std::string>{"haproxy", "-db", "-q", "-f", folder_.path("haproxy.cfg")});
    await_listener(port_);
}

}  // namespace bordergate::testing
