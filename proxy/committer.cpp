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
        auto initiate = [this, ticket](auto handler) {
            // std::function wants copies; the handler can only be moved.
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            waiters_.push_back({ticket, [shared](Fate decided) { std::move (*shared)(decided); }});
            log_.wanted(ticket);
        };
        fate = co_await asio::async_initiate<decltype(asio::use_awaitable), void(Fate)>(std::move(initiate),
                                                                                        asio::use_awaitable);
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
    while (!waiters_.empty() && waiters_.front().ticket <= decided) {
        auto waiter = std::move(waiters_.front());
        waiters_.pop_front();
        waiter.resume(log_.fate(waiter.ticket));
    }
}

}  // namespace bordergate
