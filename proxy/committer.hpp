// The worker's side of the audit log: coroutines of one worker wait here until their record is durable.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <deque>
#include <memory>

#include "filters/fault.hpp"
#include "proxy/audit/log.hpp"
#include "proxy/task.hpp"

namespace bordergate {

/// One per worker. It has a lane of its own into the log, whose writer thread posts one wake-up per commit to the worker,
/// which resumes its waiters in order. Who still waits when it is destroyed is destroyed with it.
class Committer final : public CommitListener {
  public:
    Committer(AuditLog& log, boost::asio::any_io_executor executor);
    ~Committer() override;

    /// Queues `line`; the record may be waited for. Never blocks on the disk.
    Result<Ticket> append(std::string_view line, bool unidentified = false) { return lane_->append(line, unidentified); }
    /// Waits until `ticket` is durable. Fault unauditable if the log fails before.
    Task<Status> durable(Ticket ticket);
    /// Both in one: to be awaited at once, for `line` is borrowed until then and queued only then.
    Task<Status> commit(std::string_view line);

    void committed(Ticket decided) override;

  private:
    /// What a coroutine awaits; stands in its frame.
    class Decision;
    struct Waiter {
        Ticket ticket;
        Decision* decision;
        Resumption resumption;
    };
    void wake(Ticket decided);
    std::unique_ptr<AuditLane> lane_;
    boost::asio::any_io_executor executor_;
    std::deque<Waiter> waiters_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace bordergate
