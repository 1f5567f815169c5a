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
    if (log_.durable() >= ticket) co_return Status{};
    auto initiate = [this, ticket](auto handler) {
        // std::function wants copies; the handler can only be moved.
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        waiters_.push_back({ticket, [shared](bool durable) { std::move (*shared)(durable); }});
        log_.wanted(ticket);
    };
    const bool durable = co_await asio::async_initiate<decltype(asio::use_awaitable), void(bool)>(
        std::move(initiate), asio::use_awaitable);
    if (!durable) co_return fault(Code::unauditable, "the audit log could not be written");
    co_return Status{};
}

void Committer::committed(Ticket durable, bool healthy) {
    // The log outlives its listeners, but a post may arrive after this worker's end.
    asio::post(executor_, [this, alive = alive_, durable, healthy] {
        if (*alive) wake(durable, healthy);
    });
}

void Committer::wake(Ticket durable, bool healthy) {
    // Tickets are handed out in order, so those that are ready stand in front.
    while (!waiters_.empty() && (waiters_.front().ticket <= durable || !healthy)) {
        auto waiter = std::move(waiters_.front());
        waiters_.pop_front();
        waiter.resume(waiter.ticket <= durable);
    }
}

}  // namespace bordergate
