// The server: workers, their listeners, the admin listener, and the order in which all of it starts and stops.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "proxy/admin/admin_pages.hpp"
#include "proxy/equipment.hpp"
#include "proxy/worker.hpp"

namespace bordergate {

/// An address that is listened on, with the port the kernel chose.
struct Listening {
    std::string name;
    std::string host;
    std::uint16_t port = 0;
};

class Server {
  public:
    Server(EquipmentPtr equipment, AuditLog& log);
    ~Server();

    /// Binds every listener; faults with the address that cannot be bound. Nothing is accepted yet.
    Result<std::vector<Listening>> bind();
    /// Serves on threads of its own.
    void start();
    /// Stops accepting, lets exchanges finish for at most the drain time, then closes what is left.
    void drain();
    Metrics& metrics() { return metrics_; }

  private:
    void say(std::string_view what);
    struct Bound;
    struct Post;  // one worker with its acceptors and its thread
    EquipmentPtr equipment_;
    AuditLog& log_;
    Metrics metrics_;
    TrafficMetrics traffic_;
    AdminPages pages_;
    std::vector<std::unique_ptr<Post>> posts_;
    std::atomic<bool> draining_{false};
};

}  // namespace bordergate
