// Peers of flow tests on raw sockets, for what real clients and servers would never do.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace bordergate::testing {

/// A blocking connection with a deadline of ten seconds on every step.
class Connection {
  public:
    explicit Connection(std::uint16_t port);
    explicit Connection(int accepted) : socket_(accepted) { set_deadline(); }
    ~Connection();
    Connection(Connection&& other) noexcept : socket_(other.socket_), buffered_(std::move(other.buffered_)) { other.socket_ = -1; }
    /// False if the peer takes no more.
    bool send(const std::string& bytes);
    /// Reads until a whole head came; empty at the end of the stream.
    std::string head();
    /// A head and the body that its Content-Length or chunks announce.
    std::string message();
    /// Everything until the peer closes. `reset` tells how it did.
    std::string all(bool* reset = nullptr);
    /// What comes on each of them until its peer closes, or until nothing has come on any of them for `quiet`.
    static std::vector<std::string> all(std::vector<Connection>& many, std::chrono::milliseconds quiet);
    std::string exactly(std::size_t bytes);
    /// What is here, or what comes first; empty at the end of the stream.
    std::string some(bool* reset = nullptr);
    void finish();

  private:
    void set_deadline();
    bool more(bool* reset = nullptr);
    int socket_ = -1;
    std::string buffered_;
};

/// Accepts connections on a port of its own and hands each to `serve` on a thread of its own.
class Upstream {
  public:
    /// `port` 0: one that the kernel chooses.
    explicit Upstream(std::function<void(Connection&)> serve, const std::string& address = "127.0.0.1", std::uint16_t port = 0);
    ~Upstream();
    /// Stops listening and resets every connection, as a machine does that goes down.
    void die();
    std::uint16_t port() const { return port_; }
    int accepted() const { return accepted_; }

  private:
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> accepted_{0};
    std::thread thread_;
    std::vector<std::thread> serving_;
    std::mutex mutex_;
    std::set<int> open_;  ///< connections that are served
    bool dead_ = false;
};

/// A port that was free a moment ago, for programs that cannot choose their own.
std::uint16_t free_port();

/// The body of a message, chunks joined.
std::string body_of(const std::string& message);

}  // namespace bordergate::testing
