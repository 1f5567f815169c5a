#include "proxy/committer.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace bordergate {

namespace asio = boost::asio;

Committer::Committer(AuditLog& log, asio::any_io_executor executor) : log_(log), executor_(std::move(executor)) {
    log_.subscribe(this);
}

Committer::~Committer() {
    log_.unsubscribe(this);
    *alive_ = false;
}

Task<Status> Committer::durable(Ticket ticket) {
    auto fate = log_.fate(ticket);
    if (fate == Fate::pending) {
        Waiter waiter{ticket, Fate::pending, {}};
        auto initiate = [this, &waiter](auto handler) {
            waiter.resume.emplace(std::move(handler));
            waiters_.push_back(&waiter);
            log_.wanted(waiter.ticket);
        };
        co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(std::move(initiate), asio::use_awaitable);
        fate = waiter.fate;
    }
    if (fate != Fate::durable) co_return fault(Code::unauditable, "the audit log could not be written");
    co_return Status{};
}

void Committer::committed(Ticket decided) {
    // The log outlives its listeners, but a post may arrive after this worker's end.
    asio::post(executor_, [this, alive = alive_, decided] {
        if (*alive) wake(decided);
    });
}

void Committer::wake(Ticket decided) {
    // Tickets are handed out in order, so those that are ready stand in front.
    while (!waiters_.empty() && waiters_.front()->ticket <= decided) {
        Waiter& waiter = *waiters_.front();
        waiters_.pop_front();
        waiter.fate = log_.fate(waiter.ticket);
        // The waiter lives in the frame that is resumed, and is gone after this.
        auto resume = std::move(*waiter.resume);
        std::move(resume)();
    }
}

}  // namespace bordergate
