// A tiny name server on loopback, for what real ones rarely do: answers that change, silence, nonsense.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace bordergate::testing {

class NameServer {
  public:
    enum class Manner { answer, no_such_name, silence, nonsense, refuse, cut_short };
    NameServer();
    ~NameServer();
    /// `127.0.0.1:PORT`
    std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
    /// What `name` is from now on; a name never set does not exist.
    void set(const std::string& name, std::vector<std::string> addresses, std::uint32_t ttl);
    void behave(Manner manner);
    /// Queries for IPv4 addresses of `name` so far.
    int asked(const std::string& name) const;

  private:
    struct Entry {
        std::vector<std::string> addresses;
        std::uint32_t ttl = 0;
    };
    void serve();
    std::string answer(const std::string& query);
    int socket_ = -1;
    std::uint16_t port_ = 0;
    mutable std::mutex mutex_;
    std::map<std::string, Entry> names_;
    std::map<std::string, int> asked_;
    Manner manner_ = Manner::answer;
    std::atomic<bool> ending_{false};
    std::thread thread_;
};

}  // namespace bordergate::testing
