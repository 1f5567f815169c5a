// nginx and HAProxy as peers of flow tests, each from a few lines of its own language.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/support/process.hpp"

namespace bordergate::testing {

/// nginx with one server block: `listen` is what follows the address in its listen directive.
class Nginx {
  public:
    Nginx(const std::string& listen, const std::string& server);
    std::uint16_t port() const { return port_; }

  private:
    Folder folder_;
    std::uint16_t port_;
    std::unique_ptr<Process> process_;
};

/// HAProxy in TCP mode before a port of this machine; `server` is what follows the address in its server line.
class Haproxy {
  public:
    Haproxy(std::uint16_t before, const std::string& server);
    std::uint16_t port() const { return port_; }

  private:
    Folder folder_;
    std::uint16_t port_;
    std::unique_ptr<Process> process_;
};

/// True if both are installed; otherwise says visibly that the test is skipped.
bool have_servers();

}  // namespace bordergate::testing
