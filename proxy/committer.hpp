// The worker's side of the audit log: coroutines of one worker wait here until their record is durable.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <memory>
#include <optional>

#include "filters/fault.hpp"
#include "proxy/audit/log.hpp"
#include "proxy/task.hpp"

namespace bordergate {

/// One per worker. The log's writer thread posts one wake-up per commit to the worker, which resumes its
/// waiters in order.
class Committer final : public CommitListener {
  public:
    Committer(AuditLog& log, boost::asio::any_io_executor executor);
    ~Committer() override;

    /// Queues `line`; the record may be waited for. Never blocks on the disk.
    Result<Ticket> append(std::string_view line) { return log_.append(line); }
    /// Waits until `ticket` is durable. Fault unauditable if the log fails before.
    Task<Status> durable(Ticket ticket);
    AuditLog& log() { return log_; }

    void committed(Ticket decided) override;

  private:
    using Resume = boost::asio::async_result<boost::asio::use_awaitable_t<>, void()>::handler_type;
    /// Stands in the frame of the coroutine that waits.
    struct Waiter {
        Ticket ticket;
        Fate fate;
        std::optional<Resume> resume;
    };
    void wake(Ticket decided);
    AuditLog& log_;
    boost::asio::any_io_executor executor_;
    std::deque<Waiter*> waiters_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace bordergate
