#include "proxy/committer.hpp"

#include <boost/asio/post.hpp>

namespace bordergate {

namespace asio = boost::asio;

Committer::Committer(AuditLog& log, asio::any_io_executor executor) : executor_(std::move(executor)) {
    lane_ = log.lane(this);
}

Committer::~Committer() {
    lane_.reset();
    *alive_ = false;
}

namespace {

Status told(Fate fate) {
    if (fate == Fate::durable) return {};
    return fault(Code::unauditable, "the audit log could not be written");
}

}  // namespace

class Committer::Decision {
  public:
    /// `wanted`: the log knows already that somebody waits.
    Decision(Committer& committer, Ticket ticket, bool wanted) : committer_(committer), ticket_(ticket), wanted_(wanted) {}
    bool await_ready() {
        fate = committer_.lane_->fate(ticket_);
        return fate != Fate::pending;
    }
    template <class P>
    void await_suspend(std::coroutine_handle<P> waiting) {
        committer_.waiters_.push_back({ticket_, this, Resumption(waiting)});
        if (!wanted_) committer_.lane_->wanted(ticket_);
    }
    Fate await_resume() const { return fate; }

    Fate fate = Fate::pending;

  private:
    Committer& committer_;
    Ticket ticket_;
    bool wanted_;
};

Task<Status> Committer::durable(Ticket ticket) {
    Decision decision(*this, ticket, false);
    const auto fate = co_await decision;
    co_return told(fate);
}

Task<Status> Committer::commit(std::string_view line) {
    const auto ticket = lane_->append_wanted(line);
    if (ticket.has_error()) co_return ticket.error();
    // A commit that ends before we wait is told on our own thread, so after this.
    Decision decision(*this, *ticket, true);
    const auto fate = co_await decision;
    co_return told(fate);
}

void Committer::committed(Ticket decided) {
    // The log outlives its listeners, but a post may arrive after this worker's end.
    asio::post(executor_, [this, alive = alive_, decided] {
        if (*alive) wake(decided);
    });
}

void Committer::wake(Ticket decided) {
    // Tickets are handed out in order, so those that are ready stand in front.
    while (!waiters_.empty() && waiters_.front().ticket <= decided) {
        // Out of the queue before it goes on, for it may come back to wait for another.
        Waiter waiter = std::move(waiters_.front());
        waiters_.pop_front();
        waiter.decision->fate = lane_->fate(waiter.ticket);
        waiter.resumption.resume();
    }
}

}  // namespace bordergate
