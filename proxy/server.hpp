// The server: workers, their listeners, the admin listener, and the order in which all of it starts and stops.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "proxy/admin/admin_pages.hpp"
#include "proxy/equipment.hpp"
#include "proxy/net/inherited_sockets.hpp"
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
    /// Puts another configuration to use, whole: new listeners are bound first, and if one cannot be, nothing changes.
    /// Returns the listeners that are new. Not to be called before start() or after drain().
    Result<std::vector<Listening>> reload(EquipmentPtr next);
    const EquipmentPtr& equipment() const { return equipment_; }
    /// Writes an event to the audit log: what happens to this Bordergate itself.
    void say(std::string_view what);
    /// Stops accepting, lets exchanges finish for at most the drain time, then closes what is left.
    void drain();
    Metrics& metrics() { return metrics_; }

  private:
    /// The sockets of one listener, one for each worker.
    struct Door {
        Endpoint address;
        std::uint16_t port = 0;
        std::vector<std::shared_ptr<boost::asio::ip::tcp::acceptor>> acceptors;
    };
    Result<Door> open_door(const Listener& listener);
    /// Where every listener of now answers.
    std::shared_ptr<const OwnAddresses> own_addresses() const;
    struct Post;  // one worker with its acceptors and its thread
    EquipmentPtr equipment_;
    AuditLog& log_;
    std::unique_ptr<AuditLane> lane_;  ///< of the thread that starts, reloads and drains
    Metrics metrics_;
    TrafficMetrics traffic_;
    UpstreamMetrics upstreams_;
    Overload overload_;
    AdminPages pages_;
    std::vector<std::unique_ptr<Post>> posts_;
    std::vector<InheritedSocket> inherited_ = inherited_sockets();
    std::map<std::string, Door> doors_;  ///< by listener
    std::atomic<bool> draining_{false};
};

}  // namespace bordergate
