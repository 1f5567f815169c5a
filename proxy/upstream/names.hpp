// Names to addresses for one worker: the table, and a resolver for what it does not know. One query per name at a time,
// however many wait for it; a name in use is asked for again before its time ends. Single-threaded.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>
#include <unordered_map>

#include "proxy/upstream/name_table.hpp"

namespace bordergate {

class Names : public std::enable_shared_from_this<Names> {
  public:
    /// Owned by a shared_ptr: a query on its way keeps it.
    Names(boost::asio::any_io_executor executor, std::unique_ptr<Resolver> resolver, const DnsSettings& settings)
        : executor_(std::move(executor)), resolver_(std::move(resolver)), table_(settings.stale) {}

    /// The addresses of `host`, at least one; a numeric one stands for itself and is never asked for. Faults
    /// upstream_unreachable, and upstream_timeout after `limit`.
    Task<Result<NameTable::Addresses>> addresses(std::string host, std::chrono::milliseconds limit);

    /// What is known of `host` right now, without asking; null: nothing usable. Valid until the next wait.
    const NameTable::Addresses* known(const std::string& host);

  private:
    struct Asking {
        std::vector<std::shared_ptr<boost::asio::steady_timer>> waiting;  ///< each ends at its own limit, or is cancelled
        bool done = false;
    };
    using AskingPtr = std::shared_ptr<Asking>;
    AskingPtr ask(const std::string& host);
    static Task<void> look_up(std::shared_ptr<Names> self, std::string host, AskingPtr asking);
    boost::asio::any_io_executor executor_;
    std::unique_ptr<Resolver> resolver_;
    NameTable table_;
    std::unordered_map<std::string, AskingPtr> asking_;
};

}  // namespace bordergate
