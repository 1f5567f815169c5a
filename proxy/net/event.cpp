#include "proxy/net/event.hpp"


namespace bordergate {

namespace asio = boost::asio;

Event::Event(const asio::any_io_executor& executor) : timer_(executor) { timer_.expires_at(asio::steady_timer::time_point::max()); }

Task<void> Event::wait() {
    if (!signalled_) {
        awaited_ = true;
        co_await timer_.async_wait(resumed);
        awaited_ = false;
    }
    signalled_ = false;
}

void Event::signal() {
    signalled_ = true;
    if (awaited_) timer_.cancel();
}

}  // namespace bordergate
