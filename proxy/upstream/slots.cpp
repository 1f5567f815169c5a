#include "proxy/upstream/slots.hpp"


namespace bordergate {

namespace asio = boost::asio;

bool Slots::try_take() {
    if (taken_ >= places_ || !queue_.empty()) return false;
    ++taken_;
    return true;
}

Task<Status> Slots::take() {
    if (try_take()) co_return Status{};
    if (queue_.size() >= pending_) co_return fault(Code::overloaded, "too many requests wait already");
    auto waiter = std::make_shared<Waiter>(Waiter{asio::steady_timer(executor_, wait_)});
    queue_.push_back(waiter);
    co_await waiter->timer.async_wait(resumed);
    if (waiter->granted) co_return Status{};
    queue_.remove(waiter);
    co_return fault(Code::overloaded, "no place became free in time");
}

void Slots::give_up() {
    if (queue_.empty()) {
        --taken_;
        return;
    }
    const auto next = queue_.front();
    queue_.pop_front();
    next->granted = true;
    next->timer.cancel();
}

}  // namespace bordergate
